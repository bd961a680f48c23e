"""Changing the numbers and words of a part of the rules of care."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Any, get_args

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel, TypeAdapter

from keheng.care.enums.tasks import RuleTopic, TaskKind
from keheng.care.policies.cadence import CadenceRules
from keheng.care.policies.occasions import MessageRules
from keheng.versions.forms import reason_field

type Label = str | Promise
type Labels = Mapping[str, Label]


@dataclass(frozen=True)
class RulePart:
    """What is changed in one panel: ``labels`` by the dotted path of each number or text within the rules."""

    topic: RuleTopic
    heading: Label
    labels: Callable[[Any], Labels]


def _supervision(_rules: Any) -> Labels:
    return {
        "checks.each": _("Daily check: contacts of each person"),
        "checks.period_each": _("Periodic check: contacts of each person"),
        "checks.due_days": _("A check is done within (working days)"),
        "checks.answer_days": _("A finding is answered within (working days)"),
        "analysis.write_within": _("Group analysis handed in by this working day"),
        "analysis.review_within": _("Group analysis reviewed by this working day"),
        "analysis.remind_before": _("Reminder of the analysis, days before"),
        "tasks.remind_after": _("Late tasks: the person is reminded after (days)"),
        "tasks.escalate_after": _("Late tasks: the leader is told after (days)"),
        "gaps.cover_ahead": _("Absence without cover: the head is told before (days)"),
        "gaps.cover_escalate": _("Absence without cover: the next head is told after (days)"),
        "gaps.owner_after": _("Without a needed owner: the head is told after (days)"),
        "gaps.owner_escalate": _("Without a needed owner: the next head is told after (days)"),
    }


def _order(_rules: Any) -> Labels:
    urgency = {f"urgency.{kind}": _("Urgency: %(kind)s") % {"kind": kind.label} for kind in TaskKind}
    return {
        "weights.revenue": _("Weight of revenue (%)"),
        "weights.volume": _("Weight of volume (%)"),
        "weights.aum": _("Weight of AUM (%)"),
        "floor": _("Who contributes nothing yet counts (%)"),
        "late_step": _("Each day late adds to the urgency"),
        **urgency,
    }


def _prompt(rules: CadenceRules) -> Labels:
    quotas = {}
    for place, quota in enumerate(rules.quotas):
        quotas[f"quotas.{place}.a_day"] = _("%(rule)s: customers a day") % {"rule": quota.name}
        quotas[f"quotas.{place}.rest_days"] = _("%(rule)s: none again within (days)") % {"rule": quota.name}
        quotas[f"quotas.{place}.urgency"] = _("%(rule)s: urgency") % {"rule": quota.name}
    return {
        **quotas,
        "fresh.new_within_days": _("New customers: of the last so many days"),
        "fresh.assigned_within_days": _("Newly assigned: of the last so many days"),
        "fresh.aum_from": _("New and newly assigned: AUM from (CNY)"),
        "fresh.work_days": _("New and newly assigned: contacted within (working days)"),
        "fresh.urgency": pgettext_lazy("rule", "New and newly assigned: urgency"),
    }


def _messages(rules: MessageRules) -> Labels:
    return {f"templates.{place}.text": one.name for place, one in enumerate(rules.templates)}


def _quick_log(_rules: Any) -> Labels:
    return {
        "steps": _("Next steps that are offered, with commas between them"),
        "days": _("Days from today that are offered, with commas between them"),
        "contacts_a_day": _("Contacts of everybody a day, at least"),
    }


def _lobby(_rules: Any) -> Labels:
    return {
        "long": _("Waits shown in red from (minutes)"),
        "overtaken": _("Nobody overtakes from a wait of (minutes)"),
    }


PARTS: Mapping[str, RulePart] = {
    "supervision": RulePart(RuleTopic.SUPERVISION, _("Change how people are led"), _supervision),
    "order": RulePart(RuleTopic.CONTRIBUTION, _("Change the order of the day"), _order),
    "prompt": RulePart(RuleTopic.CADENCE, _("Change daily visits and first contacts"), _prompt),
    "messages": RulePart(RuleTopic.MESSAGES, _("Change the words of messages"), _messages),
    "quick-log": RulePart(RuleTopic.QUICK_LOG, _("Change what the quick log offers"), _quick_log),
    "lobby": RulePart(RuleTopic.LOBBY, _("Change the waits in the lobby"), _lobby),
}


class SeveralField(forms.CharField):
    """Several words or numbers in one line, with commas between them; each stays once."""

    def __init__(self, *, numbers: bool, **given: Any) -> None:
        super().__init__(max_length=300, widget=forms.TextInput(attrs={"data-wide": ""}), **given)
        self.numbers = numbers

    @staticmethod
    def written(values: Iterable[object]) -> str:
        """The line that people change."""
        return "、".join(map(str, values))

    def clean(self, value: Any) -> list[Any]:
        """The values in the order in which they are written."""
        parts = [part.strip() for part in re.split("[,，、]", super().clean(value))]
        words = list(dict.fromkeys(part for part in parts if part))
        if not self.numbers:
            return words
        try:
            return [int(word) for word in words]
        except ValueError as error:
            raise forms.ValidationError(_("Write whole numbers with commas between them, such as 1, 3, 7.")) from error


class PartForm(forms.Form):
    """The numbers and words of a part of the rules, within the limits that the rules themselves set."""

    def __init__(self, data: Any = None, *, rules: BaseModel, labels: Labels) -> None:
        super().__init__(data)
        self.rules, self.paths = rules, tuple(labels)
        for path, label in labels.items():
            self.fields[path] = _field(rules, path, label)
        self.fields["reason"] = reason_field()

    def applied(self) -> dict[str, Any]:
        """The whole of the rules with what the form says."""
        content = self.rules.model_dump(mode="json")
        for path in self.paths:
            *way, last = path.split(".")
            holder = reduce(_step, way, content)
            holder[last] = self.cleaned_data[path]
        return content


def _step(value: Any, step: str) -> Any:
    if isinstance(value, BaseModel):
        return getattr(value, step)
    return value[step] if isinstance(value, Mapping) else value[int(step)]


def _field(rules: BaseModel, path: str, label: Label) -> forms.Field:
    """A field for the value at a path: its kind and limits are those of the rules' own type."""
    value: Any = rules
    kind: Any = None
    for step in path.split("."):
        if isinstance(value, BaseModel):
            info = type(value).model_fields[step]
            kind = Annotated[info.annotation, info]
        elif isinstance(value, Mapping):
            kind = get_args(get_args(kind)[0])[-1]
        value = _step(value, step)
    limits = TypeAdapter(kind).json_schema()
    if limits.get("type") == "array":
        numbers = limits["items"].get("type") == "integer"
        return SeveralField(numbers=numbers, label=str(label), initial=SeveralField.written(value))
    if limits.get("type") == "string":
        area = forms.Textarea(attrs={"rows": 3, "data-wide": ""})
        return forms.CharField(label=str(label), initial=value, max_length=limits.get("maxLength"), widget=area)
    if limits.get("type") == "integer":
        least, most = limits.get("minimum"), limits.get("maximum")
        return forms.IntegerField(label=str(label), initial=value, min_value=least, max_value=most)
    return forms.DecimalField(label=str(label), initial=value, min_value=0)
