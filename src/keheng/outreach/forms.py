"""The forms of events."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.queries.rules import outcome_rules
from keheng.common.clock import SHANGHAI
from keheng.org.models import Branch, Staff
from keheng.outreach.enums import CostItem, KeptOutReason
from keheng.outreach.models import Cost, Event
from keheng.outreach.operations.planning import FIELDS
from keheng.outreach.policies.rules import Kind, Rules
from keheng.outreach.queries.rules import rules_in_force
from keheng.versions.forms import reason_field

_WIDE = {"data-wide": ""}


class EventForm(forms.Form):
    """What an event is to be. Amounts in 万, as everywhere."""

    kind = forms.ChoiceField(label=_("Kind"))
    branch = forms.ModelChoiceField(queryset=Branch.objects.none(), label=_("Held by"))
    title = forms.CharField(
        label=pgettext_lazy("of an event", "Title"), max_length=80, widget=forms.TextInput(attrs=_WIDE)
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reply_by = forms.DateField(
        label=_("Answers until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    begins = forms.TimeField(
        label=pgettext_lazy("customer event", "Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=pgettext_lazy("of an event", "Ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    venue = forms.CharField(label=_("Venue"), max_length=120, widget=forms.TextInput(attrs=_WIDE))
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=2000)
    least_aum = forms.DecimalField(
        label=_("Assets at least (万)"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    about = forms.CharField(
        label=_("What it is about"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, branches: "QuerySet[Branch]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.code, one.name) for one in rules_in_force().rules.kinds]
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        """The values of an event."""
        begins, ends = (timezone.localtime(moment, SHANGHAI) for moment in (event.starts_at, event.ends_at))
        given = {name: getattr(event, name) for name in FIELDS}
        least = event.least_aum / 10_000 if event.least_aum is not None else None
        times = {"day": begins.date(), "begins": begins.time(), "ends": ends.time()}
        return {**given, **times, "branch": event.branch_id, "least_aum": least}

    @staticmethod
    def suggested(kind: Kind, branch: Branch) -> dict[str, Any]:
        """What the rules say of a kind, for a new event."""
        least = kind.least_aum / 10_000 if kind.least_aum is not None else None
        return {"kind": kind.code, "branch": branch.pk, "capacity": kind.capacity, "least_aum": least}

    def values(self) -> dict[str, Any]:
        """The arguments of the operations."""
        given = dict(self.cleaned_data)
        day, least = given.pop("day"), given.pop("least_aum")
        given.pop("branch", None)
        begins, ends = given.pop("begins"), given.pop("ends")
        return {
            **given,
            "starts_at": datetime.combine(day, begins, SHANGHAI),
            "ends_at": datetime.combine(day, ends, SHANGHAI),
            "least_aum": least * 10_000 if least is not None else None,
        }


class AnswerForm(forms.Form):
    """What a guest said."""

    seats = forms.IntegerField(label=_("Seats"), min_value=1, initial=1)
    said = forms.CharField(
        label=_("What the guest said"), max_length=200, required=False, widget=forms.TextInput(attrs=_WIDE)
    )


class CostForm(forms.Form):
    """One thing that costs money, in yuan."""

    item = forms.ChoiceField(label=_("Item"), choices=CostItem)
    note = forms.CharField(label=_("Note"), max_length=80, required=False)
    planned = forms.DecimalField(
        label=_("Planned (yuan)"), min_value=0, max_digits=12, decimal_places=2, initial=Decimal(0)
    )
    actual = forms.DecimalField(label=_("Actual (yuan)"), min_value=0, max_digits=12, decimal_places=2, required=False)

    @staticmethod
    def initial_of(cost: Cost) -> dict[str, Any]:
        """The values of a cost."""
        return {name: getattr(cost, name) for name in ("item", "note", "planned", "actual")}


class FinishForm(forms.Form):
    """How the contacts of the guests who came are logged."""

    outcome = forms.ChoiceField(label=_("Result"))
    note = forms.CharField(
        label=_("What was talked about"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome: Any = self.fields["outcome"]
        rules = outcome_rules().rules
        outcome.choices = [(one.code, one.name) for one in rules.outcomes if one.active and one.counts and not one.next]


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.TextInput(attrs=_WIDE))


class KeepOutForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Never invite because"),
        required=False,
        choices=[("", _("May be invited")), *KeptOutReason.choices],
    )


class KindForm(forms.Form):
    """What the rules say of one kind; amounts in yuan."""

    name = forms.CharField(label=_("Name"), max_length=40)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=2000)
    every_months = forms.IntegerField(label=_("Held every … months"), min_value=1, max_value=60)
    reply_days = forms.IntegerField(label=_("Answers until … days before"), min_value=0, max_value=60)
    least_aum = forms.DecimalField(
        label=_("Assets at least (yuan)"), min_value=0, max_digits=18, decimal_places=2, required=False
    )
    budget_per_head = forms.DecimalField(label=_("Budget a head (yuan)"), min_value=0, max_digits=12, decimal_places=2)
    approval_from = forms.DecimalField(label=_("Approved from (yuan)"), min_value=0, max_digits=18, decimal_places=2)
    reason = reason_field()

    @staticmethod
    def initial_of(kind: Kind) -> dict[str, Any]:
        """What is in force."""
        return kind.model_dump()

    def values(self) -> dict[str, Any]:
        """What changes, as the rules hold it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in given.items()}


class PeriodsForm(forms.Form):
    """Periods that hold for all kinds."""

    invited_again_days = forms.IntegerField(label=_("Invited again after … days"), min_value=0, max_value=366)
    complaint_days = forms.IntegerField(label=_("Complaints of the last … days keep out"), min_value=0, max_value=366)
    follow_up_days = forms.IntegerField(label=_("Follow-up within … days"), min_value=0, max_value=60)
    call_back_days = forms.IntegerField(label=_("Absent guests called within … days"), min_value=0, max_value=60)
    conversion_days = forms.IntegerField(label=_("Conversion counted over … days"), min_value=1, max_value=366)
    seats_at_most = forms.IntegerField(label=_("Seats of one guest at most"), min_value=1, max_value=20)
    reason = reason_field()

    @staticmethod
    def initial_of(rules: Rules) -> dict[str, Any]:
        """What is in force."""
        return rules.model_dump(exclude={"kinds"})

    def content(self, rules: Rules) -> dict[str, Any]:
        """The rules with these periods."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return {**rules.model_dump(mode="json"), **given}


def branches_of(staff: Staff) -> "QuerySet[Branch]":
    """The branches for which somebody plans events."""
    return Branch.objects.visible_to(staff).filter(is_active=True)
