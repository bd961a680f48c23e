"""Changing the rules of care: one rule of cadence or occasions, or the numbers and words of a part of the rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Any, get_args

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel, TypeAdapter

from keheng.care.enums.tasks import RuleTopic, TaskKind
from keheng.care.policies.cadence import CadenceRule, CadenceRules, Times
from keheng.care.policies.occasions import MessageRules, OccasionRule

type Label = str | Promise
type Labels = Mapping[str, Label]


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Why does the rule change?"), max_length=200, widget=forms.TextInput(attrs={"data-wide": ""})
    )


class RuleForm(forms.Form):
    """What people change of one rule; the rest of it stays."""

    enabled = forms.BooleanField(label=_("In use"), required=False)
    urgency = forms.IntegerField(label=_("Urgency (0–100)"), min_value=0, max_value=100)
    reason = _reason()

    def __init__(self, data: Any = None, *, rule: CadenceRule | OccasionRule) -> None:
        super().__init__(data, initial={"enabled": rule.enabled, "urgency": rule.urgency})
        if isinstance(rule, CadenceRule):
            if not isinstance(rule.times, Times):
                self.fields["times"] = forms.IntegerField(
                    label=_("Contacts in a period"), min_value=1, max_value=31, initial=rule.times
                )
        else:
            self.fields["days"] = forms.CharField(
                label=_("Days before, such as 30, 7, 1"), initial=", ".join(map(str, rule.days))
            )
            for name, label in (("aum_from", _("AUM from (CNY)")), ("aum_below", _("AUM below (CNY)"))):
                self.fields[name] = forms.DecimalField(
                    label=label, required=False, min_value=0, initial=getattr(rule, name)
                )
        self.order_fields([*[name for name in self.fields if name != "reason"], "reason"])

    def clean_days(self) -> list[int]:
        """The distances as numbers."""
        try:
            return [int(part) for part in self.cleaned_data["days"].replace("，", ",").split(",")]
        except ValueError as error:
            raise forms.ValidationError(_("Write whole days with commas between them, such as 30, 7, 1.")) from error

    def values(self) -> dict[str, Any]:
        """What the rule becomes."""
        return {
            name: str(value) if name.startswith("aum") and value is not None else value
            for name, value in self.cleaned_data.items()
            if name != "reason"
        }


# -- the numbers and words of a part ----------------------------------------------------------------------------------


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


PARTS: Mapping[str, RulePart] = {
    "supervision": RulePart(RuleTopic.SUPERVISION, _("Change how people are led"), _supervision),
    "order": RulePart(RuleTopic.CONTRIBUTION, _("Change the order of the day"), _order),
    "prompt": RulePart(RuleTopic.CADENCE, _("Change daily visits and first contacts"), _prompt),
    "messages": RulePart(RuleTopic.MESSAGES, _("Change the words of messages"), _messages),
}


class PartForm(forms.Form):
    """The numbers and words of a part of the rules, within the limits that the rules themselves set."""

    def __init__(self, data: Any = None, *, rules: BaseModel, labels: Labels) -> None:
        super().__init__(data)
        self.rules, self.paths = rules, tuple(labels)
        for path, label in labels.items():
            self.fields[path] = _field(rules, path, label)
        self.fields["reason"] = _reason()

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
    if limits.get("type") == "string":
        area = forms.Textarea(attrs={"rows": 3, "data-wide": ""})
        return forms.CharField(label=str(label), initial=value, max_length=limits.get("maxLength"), widget=area)
    if limits.get("type") == "integer":
        least, most = limits.get("minimum"), limits.get("maximum")
        return forms.IntegerField(label=str(label), initial=value, min_value=least, max_value=most)
    return forms.DecimalField(label=str(label), initial=value, min_value=0)
