"""Changing one of many: a rule of cadence or occasions, an outcome of the contact log, a festival."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import RuleTopic
from keheng.care.policies.cadence import CadenceRule, Times
from keheng.care.policies.occasions import Festival, OccasionRule, OccasionRules, Trigger
from keheng.care.policies.outcomes import Outcome
from keheng.care.queries.rules import message_rules, rules_of
from keheng.versions.forms import reason_field

MEASURED = {Trigger.MATURITY, Trigger.MOVEMENT}
"""Occasions whose ``least`` is an amount of money."""


class RowForm(forms.Form):
    """What people change of one of the rules; the rest of it stays."""

    reason = reason_field()

    def values(self) -> dict[str, Any]:
        """What the row becomes."""
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in self.cleaned_data.items()
            if name != "reason"
        }


class RuleForm(RowForm):
    """A rule of cadence or of occasions."""

    enabled = forms.BooleanField(label=_("In use"), required=False)
    name = forms.CharField(label=pgettext_lazy("rule", "Name"), max_length=60)
    urgency = forms.IntegerField(label=_("Urgency (0–100)"), min_value=0, max_value=100)

    def __init__(self, data: Any = None, *, row: CadenceRule | OccasionRule) -> None:
        super().__init__(data, initial={"enabled": row.enabled, "name": row.name, "urgency": row.urgency})
        if isinstance(row, CadenceRule):
            if not isinstance(row.times, Times):
                self.fields["times"] = forms.IntegerField(
                    label=_("Contacts in a period"), min_value=1, max_value=31, initial=row.times
                )
        else:
            self._of_occasion(row)
        self.order_fields(["enabled", "name", *[one for one in self.fields if one != "reason"], "reason"])

    def _of_occasion(self, row: OccasionRule) -> None:
        self.fields["days"] = forms.CharField(
            label=_("Days before, such as 30, 7, 1"), initial=", ".join(map(str, row.days))
        )
        amounts = [("aum_from", _("AUM from (CNY)")), ("aum_below", _("AUM below (CNY)"))]
        for name, label in amounts:
            self.fields[name] = forms.DecimalField(label=label, required=False, min_value=0, initial=getattr(row, name))
        shares = [
            ("contribution_from", _("Also whoever contributes at least (%)")),
            ("contribution_below", _("Not whoever contributes at least (%)")),
        ]
        for name, label in shares:
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=100, initial=getattr(row, name)
            )
        if row.trigger in MEASURED:
            self.fields["least"] = forms.DecimalField(label=_("Amount from (CNY)"), min_value=0, initial=row.least)
        if row.trigger == Trigger.FESTIVAL:
            rules: OccasionRules = rules_of(RuleTopic.OCCASIONS).rules
            self.fields["festivals"] = forms.MultipleChoiceField(
                label=_("On which festivals?"),
                choices=[(one.code, one.name) for one in rules.festivals],
                initial=row.festivals,
                widget=forms.CheckboxSelectMultiple,
            )
        if row.template:
            self.fields["template"] = forms.ChoiceField(
                label=_("Words of the message"),
                choices=[(one.code, one.name) for one in message_rules().rules.templates],
                initial=row.template,
            )
        else:
            self.fields["channel"] = forms.ChoiceField(
                label=pgettext_lazy("rule", "How?"), choices=Channel.choices, initial=row.channel
            )

    def clean_days(self) -> list[int]:
        """The distances as numbers."""
        try:
            return [int(part) for part in self.cleaned_data["days"].replace("，", ",").split(",")]
        except ValueError as error:
            raise forms.ValidationError(_("Write whole days with commas between them, such as 30, 7, 1.")) from error


class OutcomeForm(RowForm):
    """An outcome of the contact log; contacts that have it already keep what it meant when they were logged."""

    name = forms.CharField(label=pgettext_lazy("rule", "Name"), max_length=30)
    counts = forms.BooleanField(label=_("The customer was reached: it counts as a contact"), required=False)
    next = forms.BooleanField(label=_("A next step with a date must follow"), required=False)
    active = forms.BooleanField(label=_("Can be chosen"), required=False, initial=True)

    def __init__(self, data: Any = None, *, row: Outcome | None) -> None:
        super().__init__(data, initial=row.model_dump() if row else None)
        self.order_fields(["name", "counts", "next", "active", "reason"])


class FestivalForm(RowForm):
    """A festival of the solar or the lunar calendar."""

    name = forms.CharField(label=pgettext_lazy("rule", "Name"), max_length=20)
    lunar = forms.BooleanField(label=_("By the lunar calendar"), required=False)
    month = forms.IntegerField(label=pgettext_lazy("festival", "Month"), min_value=1, max_value=12)
    day = forms.IntegerField(
        label=pgettext_lazy("festival", "Day"), min_value=0, max_value=31, help_text=_("0: the last day of the month")
    )

    def __init__(self, data: Any = None, *, row: Festival | None) -> None:
        super().__init__(data, initial=row.model_dump() if row else None)
        self.order_fields(["name", "lunar", "month", "day", "reason"])


@dataclass(frozen=True)
class Rows:
    """Rows of one kind: ``among`` names where they stand in the rules of the topic; ``more``: the heading for one more,
    empty where there are as many as the product knows."""

    topic: RuleTopic
    among: str
    form: Callable[..., RowForm]
    heading: str | Promise
    more: str | Promise = ""

    def row(self, code: str) -> Any:
        """The row of a code in force; ``None``: there is none."""
        return next((one for one in getattr(rules_of(self.topic).rules, self.among) if one.code == code), None)


ROWS: Mapping[str, Rows] = {
    "cadence": Rows(RuleTopic.CADENCE, "rules", RuleForm, _("Change a rule")),
    "occasions": Rows(RuleTopic.OCCASIONS, "rules", RuleForm, _("Change a rule")),
    "outcomes": Rows(RuleTopic.OUTCOMES, "outcomes", OutcomeForm, _("Change an outcome"), _("Add an outcome")),
    "festivals": Rows(RuleTopic.OCCASIONS, "festivals", FestivalForm, _("Change a festival"), _("Add a festival")),
}
