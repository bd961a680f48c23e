"""The form of a scheme's goals."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.tiering.policies.goals import BUSINESS_METRICS, LEAST_GROWTH, MOST_GROWTH, MOST_YEARS, GoalTable, TierGoal
from keheng.tiering.policies.metrics import METRICS, Unit
from keheng.tiering.queries import TierLabel
from keheng.tiering.queries.catalogue import unit_name

_WAN = Decimal(10_000)
_LINE = ("metric", "name", "at_least", "goal")


class GoalsForm(forms.Form):
    """The plan, four fields a tier, a line for each key business; a line without a figure is left out."""

    start = forms.DateField(
        label=_("Counted from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The evaluation by this day; empty: the first one."),
    )
    years = forms.IntegerField(label=_("Years"), min_value=1, max_value=MOST_YEARS)
    note = forms.CharField(label=_("What changes and why"), max_length=200)
    FREE_LINES = 2

    def __init__(self, *args: Any, table: GoalTable, tiers: Mapping[str, TierLabel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = tiers
        self.fields["start"].initial = f"{table.start:%Y-%m-%d}" if table.start else ""
        self.fields["years"].initial = table.years
        for code, label in tiers.items():
            goal = table.of(code)
            self._number(f"growth.{code}", label.name, goal.growth, least=LEAST_GROWTH, most=MOST_GROWTH)
            self._number(f"aum_growth.{code}", label.name, goal.aum_growth, least=LEAST_GROWTH, most=MOST_GROWTH)
            self._number(f"looked_after.{code}", label.name, goal.looked_after)
            self._number(f"signed.{code}", label.name, goal.signed)
        self.count = len(table.businesses) + self.FREE_LINES
        choices = [("", "—"), *((code, _worded(code)) for code in BUSINESS_METRICS)]
        for place in range(self.count):
            metric = forms.ChoiceField(label=_("Figure"), choices=choices, required=False)
            self.fields[f"{place}.metric"] = metric
            name = forms.CharField(label=_("Name"), max_length=20, required=False)
            self.fields[f"{place}.name"] = name
            self._number(f"{place}.at_least", _("At least"), None, most=None)
            self._number(f"{place}.goal", _("Goal"), None)
            if place < len(table.businesses):
                business = table.businesses[place]
                metric.initial, name.initial = business.metric, business.name
                self.fields[f"{place}.at_least"].initial = _plain(business.at_least / _scale(business.metric))
                self.fields[f"{place}.goal"].initial = _plain(business.goal)

    def _number(
        self,
        name: str,
        label: Any,
        value: Decimal | None,
        *,
        least: Decimal | int = 0,
        most: Decimal | int | None = 100,
    ) -> None:
        widget = forms.NumberInput(attrs={"step": "any"})
        field = forms.DecimalField(label=label, min_value=least, max_value=most, required=False, widget=widget)
        field.initial = _plain(value)
        self.fields[name] = field

    def tier_lines(self) -> Iterator[tuple[TierLabel, list[forms.BoundField]]]:
        """Each tier with its fields."""
        for code, label in self.tiers.items():
            yield label, [self[f"{name}.{code}"] for name in TierGoal.model_fields]

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The fields of each business."""
        for place in range(self.count):
            yield [self[f"{place}.{name}"] for name in _LINE]

    def clean(self) -> dict[str, Any]:
        """A line with a figure needs the least amount."""
        cleaned = super().clean() or {}
        for place in range(self.count):
            if cleaned.get(f"{place}.metric") and cleaned.get(f"{place}.at_least") is None:
                self.add_error(f"{place}.at_least", _("Enter from which amount on a customer uses the business."))
        return cleaned

    def table(self) -> GoalTable:
        """The version that the form describes."""
        given = self.cleaned_data
        businesses = []
        for place in range(self.count):
            metric, name, at_least, goal = (given[f"{place}.{part}"] for part in _LINE)
            if metric:
                named = name or str(METRICS[metric].label)
                businesses.append(
                    {"metric": metric, "name": named[:20], "at_least": at_least * _scale(metric), "goal": goal}
                )
        return GoalTable.model_validate(
            {
                "start": given["start"],
                "years": given["years"],
                "tiers": {code: self._goal(code) for code in self.tiers},
                "businesses": businesses,
            }
        )

    def _goal(self, code: str) -> dict[str, Decimal | int | None]:
        """The goals of a tier; only the share that has signed may stay unasked."""
        given = {name: self.cleaned_data[f"{name}.{code}"] for name in TierGoal.model_fields}
        return {name: value if name == "signed" else value or 0 for name, value in given.items()}


def _scale(metric: str) -> Decimal:
    """Amounts are typed in 万."""
    return _WAN if METRICS[metric].unit == Unit.CNY else Decimal(1)


def _worded(metric: str) -> str:
    unit = unit_name(METRICS[metric].unit)
    return f"{METRICS[metric].label} ({unit})" if unit else str(METRICS[metric].label)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
