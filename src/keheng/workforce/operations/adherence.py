"""Taking in what agents did, as the telephone system logged it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.workforce import permissions, reading
from keheng.workforce.files import moment
from keheng.workforce.models import Agent, Worked

COLUMNS = ("工号", "开始", "结束", "状态")
AWAY = {"离席", "休息", "小休", "用餐", "签出", "break", "away", "lunch", "logged out"}
"""States in which nobody is at work; every other is work."""

_MOST_NAMED = 5


@transaction.atomic
def take_in_log(*, content: bytes, name: str, actor: Staff, at: datetime) -> int:
    """Take a log of states in; what is known already stays. Tell how many rows were new.

    Raises:
        ValidationError: naming up to five rows, or the columns that lack.
        PermissionDenied: the actor may not plan.
    """
    permissions.check_plan(actor)
    headings, rows = reading.table_of(content, name)
    absent = [column for column in COLUMNS if column not in headings]
    if absent:
        raise ValidationError(_("%(file)s has no column %(columns)s.") % {"file": name, "columns": ", ".join(absent)})
    place = [headings.index(column) for column in COLUMNS]
    agents = {agent.staff.username: agent for agent in Agent.objects.visible_to(actor).select_related("staff")}
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        who, since, to, state = (str(row[at] or "").strip() if at < len(row) else "" for at in place)
        begin, end = moment(since), moment(to)
        if who not in agents:
            faults.append(_("Row %(row)d: nobody you see has the number %(who)s.") % {"row": number, "who": who[:20]})
        elif begin is None or end is None or end <= begin:
            faults.append(_("Row %(row)d: the times are no stretch. Write 2026-11-22 09:05.") % {"row": number})
        else:
            starts, ends = begin.replace(tzinfo=SHANGHAI), end.replace(tzinfo=SHANGHAI)
            is_work = state.lower() not in AWAY
            found.append(Worked(agent=agents[who], starts_at=starts, ends_at=ends, state=state[:20], is_work=is_work))
    if faults:
        raise ValidationError(faults[:_MOST_NAMED])
    before = Worked.objects.count()
    Worked.objects.bulk_create(found, batch_size=2000, ignore_conflicts=True)
    audit.record("workforce.take_in_log", actor=actor, at=at, detail={"rows": len(found)})
    return Worked.objects.count() - before
