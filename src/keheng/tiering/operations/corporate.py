"""Writes of the corporate rules: size standards, the list of strategic customers."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.tiering.enums import VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import SchemeVersion, Standards, StrategicEntry, StrategicList
from keheng.tiering.permissions import check_maintain
from keheng.tiering.policies.standards import StandardsTable, faults, size_definition
from keheng.tiering.queries.companies import standards
from keheng.tiering.queries.schemes import scheme_named, version_on
from keheng.tiering.sheets import SheetRow

SIZE_SCHEME = "corporate-size"
LIST_HEADINGS = {
    "group": ("战略客户", "集团", "集团名称", "总战客户"),
    "name": ("企业名称", "公司名称", "成员单位", "单位名称", "客户名称"),
    "number": ("客户号", "客户编号"),
}


@transaction.atomic
def save_standards(*, table: StandardsTable, note: str, actor: Staff, at: datetime) -> Standards:
    """Make a new version of the size standards, and a draft of the size scheme's rules that follow from it.

    Markets count at once; sizes change when a second person has published the draft in the rule editor.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: the table contradicts itself, equals the one in force, or nothing says why it changes.
    """
    check_maintain(actor)
    told = faults(table)
    before = standards()
    if before is not None and before.table == table:
        told.append(_("Nothing differs from the version in force."))
    if not note.strip():
        told.append(_("Say what changes and why."))
    if told:
        raise ValidationError(told)
    made = Standards.objects.create(
        number=(Standards.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        definition=table.model_dump(mode="json"),
        note=note.strip(),
        made_by=actor,
        made_at=at,
        version=_draft(table, note.strip(), actor, at),
    )
    audit.record("tiering.standards", actor=actor, at=at, target=made, reason=made.note)
    return made


def _draft(table: StandardsTable, note: str, actor: Staff, at: datetime) -> SchemeVersion | None:
    """The size scheme's rules by the table, as a draft; ``None`` where they do not change."""
    today = at.astimezone(SHANGHAI).date()
    scheme = scheme_named(SIZE_SCHEME)
    base = version_on(scheme, today)
    rules = size_definition(table, base.rules)
    if rules == base.rules:
        return None
    number = (scheme.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return SchemeVersion.objects.create(
        scheme=scheme,
        number=number,
        state=VersionState.DRAFT,
        valid_from=today,
        definition=rules.model_dump(mode="json", exclude_defaults=True),
        based_on=base.number,
        note=note,
        edited_by=actor,
        edited_at=at,
    )


@transaction.atomic
def upload_strategic(
    *, rows: Sequence[SheetRow], file_name: str, note: str, actor: Staff, at: datetime
) -> StrategicList:
    """Read a list as a preview: each row is matched to a company by its number, else by its exact name.

    Raises:
        PermissionDenied: the actor may not.
    """
    check_maintain(actor)
    StrategicList.objects.filter(in_force_since=None).delete()
    made = StrategicList.objects.create(
        number=(StrategicList.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        file_name=file_name[:255],
        note=note.strip(),
        made_by=actor,
        made_at=at,
    )
    StrategicEntry.objects.bulk_create(
        StrategicEntry(
            strategic_list=made,
            row=row.number,
            group_name=(row["group"] or row["name"])[:120],
            name=row["name"][:120],
            number=row["number"][:40],
        )
        for row in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(_MATCH, {"list": made.pk})
        cursor.execute(_FLAWS, {"list": made.pk})
    _count(made)
    return made


@transaction.atomic
def put_in_force(*, strategic_list: StrategicList, actor: Staff, at: datetime) -> StrategicList:
    """Let a previewed list decide who is strategic: its companies, and the members of its groups (decision 26).

    The flags of companies and groups are set by one statement each, for everybody; the next evaluation of the size
    scheme moves the companies.

    Raises:
        PermissionDenied: the actor may not.
        TieringError: it is in force or replaced already, or names no company that is known.
    """
    check_maintain(actor)
    held = StrategicList.objects.select_for_update().filter(pk=strategic_list.pk, in_force_since=None).first()
    if held is None:
        raise TieringError(_("This list is in force already, or was replaced: upload it again."))
    if not held.matched and not held.members:
        raise TieringError(_("No row of the list names a known company: compare names and numbers, upload it again."))
    held.in_force_since = at
    held.save(update_fields=["in_force_since"])
    with connection.cursor() as cursor:
        cursor.execute(_FLAG_GROUPS, {"list": held.pk})
        cursor.execute(f"with wanted as ({_STRATEGIC}) {_FLAG_COMPANIES}", {"list": held.pk})
    audit.record(
        "tiering.strategic",
        actor=actor,
        at=at,
        target=held,
        reason=held.note,
        detail={"groups": held.groups, "number": held.matched + held.members},
    )
    return held


def _count(made: StrategicList) -> None:
    entries = made.entries
    made.groups = entries.filter(flaw="").values("group_name").distinct().count()
    made.matched = entries.filter(flaw="", customer__isnull=False).count()
    made.flawed = entries.exclude(flaw="").count()
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({_STRATEGIC}) strategic", {"list": made.pk})
        made.members = cursor.fetchone()[0] - made.matched
    made.save()


_MATCH = """
    update tiering_strategicentry entry set customer_id = found.id
      from (select distinct on (entry.id) entry.id as entry_id, customer.id
              from tiering_strategicentry entry
              join customers_customer customer on customer.kind = 'company' and customer.status <> 'closed'
               and case when entry.number <> '' then customer.number = entry.number
                        else customer.name = entry.name end
             where entry.strategic_list_id = %(list)s
             order by entry.id, customer.id) found
     where entry.id = found.entry_id
"""

# A group without a company of its own on the list is no flaw where the group is known; then its members count.
_FLAWS = """
    update tiering_strategicentry entry set flaw = flawed.flaw, customer_id = null
      from (select entry.id,
                   case when entry.customer_id is null
                             and not exists (select from customers_companygroup known
                                              where known.name = entry.group_name)
                        then case when entry.name <> '' or entry.number <> '' then 'unknown' else 'no_company' end
                        when entry.customer_id is not null and entry.id > min(entry.id) over (
                             partition by entry.customer_id) then 'twice'
                        when (select count(*) from customers_customer same
                               where entry.number = '' and same.name = entry.name and same.kind = 'company'
                                 and same.status <> 'closed') > 1 then 'ambiguous' end as flaw
              from tiering_strategicentry entry where entry.strategic_list_id = %(list)s) flawed
     where flawed.id = entry.id and flawed.flaw is not null
"""

_STRATEGIC = """
    select entry.customer_id from tiering_strategicentry entry
     where entry.strategic_list_id = %(list)s and entry.flaw = '' and entry.customer_id is not null
    union
    select member.customer_id from tiering_strategicentry entry
      join customers_companygroup known on known.name = entry.group_name
      join customers_groupmember member on member.group_id = known.id
     where entry.strategic_list_id = %(list)s and entry.flaw = ''
    union
    select member.customer_id from tiering_strategicentry entry
      join customers_groupmember own on own.customer_id = entry.customer_id
      join customers_groupmember member on member.group_id = own.group_id
     where entry.strategic_list_id = %(list)s and entry.flaw = ''
"""

_FLAG_GROUPS = """
    update customers_companygroup known set is_strategic = not known.is_strategic
     where known.is_strategic <> exists (
        select from tiering_strategicentry entry
         where entry.strategic_list_id = %(list)s and entry.flaw = ''
           and (entry.group_name = known.name or exists (
                select from customers_groupmember own
                 where own.customer_id = entry.customer_id and own.group_id = known.id)))
"""

_FLAG_COMPANIES = """
    update customers_company company set is_strategic = not company.is_strategic
     where company.is_strategic <> exists (select from wanted where wanted.customer_id = company.customer_id)
"""
