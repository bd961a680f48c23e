"""The sentences that say why there is something to do, from what the planner noted."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from keheng.care.enums.tasks import RuleTopic, TaskKind, TaskState
from keheng.care.models import Message, Task
from keheng.care.policies.occasions import OWNER, fill
from keheng.care.policies.priority import raised
from keheng.care.policies.tasks import lateness
from keheng.care.queries.rules import cadence_rules, contribution_rules, message_rules, occasion_rules, preset
from keheng.common.money import short_wan
from keheng.customers.enums import Sex
from keheng.org.models import Role
from keheng.portfolio.enums import ActionKind


class Sentences:
    """The sentences of many tasks: rules and names of roles are read once, whatever the number of tasks.

    With a ``day`` they also say how far lateness has raised the urgency by then.
    """

    def __init__(self, day: date | None = None) -> None:
        self._day, self._order = day, contribution_rules().rules
        self._cadence = cadence_rules().rules
        self._occasions = occasion_rules().rules
        self._roles = {role.code: str(role) for role in Role.objects.all()} | {OWNER: _("the relationship manager")}

    def of(self, task: Task) -> str:
        """Why the task is to be done, in one line: somebody's own words, else what the planner noted."""
        match task.kind:
            case _ if task.text:
                words = task.text
            case TaskKind.CADENCE:
                words = self._of_cadence(task)
            case TaskKind.QUOTA:
                named = {"rule": self._cadence.name_of(task.rule), "turn": task.facts.get("turn", 1)}
                words = _("%(rule)s, number %(turn)s of the day by contribution") % named
            case TaskKind.NEW:
                words = _fresh(task.facts)
            case TaskKind.MESSAGES:
                named = {"rule": self._occasions.name_of(task.rule), "count": task.facts.get("count", 0)}
                words = _("%(rule)s: %(count)s waiting to be sent") % named
            case TaskKind.OCCASION:
                words = self._of_occasion(task)
            case _:
                words = str(task.get_kind_display())
        return self._with_lateness(words, task)

    def _with_lateness(self, words: str, task: Task) -> str:
        late = lateness(task.due_on, self._day) if self._day and task.state == TaskState.OPEN else 0
        if not late:
            return words
        risen = raised(self._order, task.urgency, late)
        return _("%(words)s (late: urgency %(urgency)s → %(raised)s)") % {
            "words": words,
            "urgency": task.urgency,
            "raised": risen,
        }

    def _of_cadence(self, task: Task) -> str:
        name = self._cadence.name_of(task.rule)
        if task.facts.get("times", 1) == 1:
            return name
        return _("%(rule)s, contact %(place)s of %(times)s") % {"rule": name, **task.facts}

    def _of_occasion(self, task: Task) -> str:
        named = {"rule": self._occasions.name_of(task.rule), "day": _day(task.facts.get("on"))}
        sentence = " · ".join(filter(None, [_("%(rule)s, %(day)s") % named, _details(task.facts)]))
        if joint := task.facts.get("joint"):
            others = "、".join(self._roles.get(code, code) for code in joint)
            sentence = _("%(sentence)s, together with %(others)s") % {"sentence": sentence, "others": others}
        return sentence


def reason(task: Task) -> str:
    """The sentence of one task; for several, :class:`Sentences`."""
    return Sentences().of(task)


def _fresh(facts: Mapping[str, Any]) -> str:
    since = {"day": _day(facts.get("since"))}
    if facts.get("why") == "assigned":
        return _("Assigned to you on %(day)s: get in touch and complete the archive") % since
    return _("Became a customer on %(day)s: first visit") % since


def _details(facts: Mapping[str, Any]) -> str:
    """What makes this occasion different from others of its rule."""
    words = str(facts.get("festival", facts.get("grade", "")))
    if facts.get("calendar") == "lunar":
        words = _("lunar month %(month)s, day %(day)s") % facts
    elif "action" in facts:
        kind = str(ActionKind(facts["action"]).label)
        words = " ".join(filter(None, [str(facts["product"]), kind, facts.get("terms", "")]))
    elif "product" in facts:
        words = f"{facts['product']} {short_wan(Decimal(facts['amount']))}"
    elif "inflow" in facts:
        inflow, outflow = Decimal(facts["inflow"]), Decimal(facts["outflow"])
        way = _("in %(amount)s") if inflow >= outflow else _("out %(amount)s")
        words = way % {"amount": short_wan(max(inflow, outflow))}
    elif "score" in facts:
        words = _("complete to %(score)s %%, %(missing)s fields are missing") % facts
    elif "complaint" in facts:
        words = str(facts["complaint"])
    elif "years" in facts:
        words = _("%(years)s years") % facts
    return words


def message_text(message: Message) -> str:
    """The words of a message: as they were sent, else filled in from the template."""
    if message.text:
        return message.text
    code = message.template
    template = message_rules().rules.template(code) or preset(RuleTopic.MESSAGES).template(code)
    if template is None:
        return ""
    customer = message.customer
    sir = {Sex.MALE: _("Mr."), Sex.FEMALE: _("Ms.")}.get(Sex(customer.sex), "") if customer.sex else ""
    fields = {
        "name": customer.name[:1] if sir else customer.name,
        "sir": sir,
        "manager": message.staff.name,
        "branch": message.staff.branch.name,
        "day": str(message.facts.get("festival", "")),
        **{name: str(message.facts.get(name, "")) for name in ("event", "time", "place")},
    }
    return fill(template, fields)


def _day(text: Any) -> str:
    return formats.date_format(date.fromisoformat(text), "m-d") if text else ""
