"""Forms of the settings: the tree of causes, and what follows from complaints."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import Grade, Kind
from keheng.complaints.forms.acts import words
from keheng.complaints.models import Cause, ConsequenceVersion
from keheng.complaints.queries.proposed import COSTLY, DAY_NAMES, amount_name, points_name
from keheng.versions.forms import reason_field


class CauseEditForm(forms.Form):
    """A cause in its place."""

    name = forms.CharField(label=pgettext_lazy("cause", "name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    parent = forms.ModelChoiceField(
        label=_("within"), queryset=Cause.objects.none(), required=False, empty_label=_("directly within the kind")
    )
    order = forms.IntegerField(
        label=_("order"), min_value=0, max_value=9999, initial=500, help_text=_("Small numbers stand first.")
    )
    reason = reason_field()

    def __init__(self, *args: Any, kind: Kind, cause: Cause | None = None, **kwargs: Any) -> None:
        if cause is not None:
            names = ("name", "name_en", "order")
            kwargs["initial"] = {**{name: getattr(cause, name) for name in names}, "parent": cause.parent_id}
        super().__init__(*args, **kwargs)
        above = Cause.objects.filter(kind=kind, parent=None, is_active=True)
        self.fields["parent"].queryset = above.exclude(pk=cause.pk) if cause else above  # type: ignore[attr-defined]


class NewCauseForm(CauseEditForm):
    """A cause that there was not; its words are what suggestions begin with."""

    code = forms.SlugField(
        label=_("code"), max_length=40, help_text=_("Latin letters, digits, hyphens; it never changes.")
    )
    words = words(_("words that such complaints use"), required=False, rows=3, most=500)

    field_order = ("name", "name_en", "code", "parent", "order", "words", "reason")


class ConsequencesForm(forms.Form):
    """Points by grade and degree, limits of compensation, days."""

    inspected = forms.MultipleChoiceField(
        label=_("Inspected besides"),
        choices=[(degree.value, degree.label) for degree in COSTLY],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = reason_field()

    def __init__(self, *args: Any, version: ConsequenceVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, rules = version, version.rules
        for grade in Grade:
            for degree in COSTLY:
                self.fields[f"points-{grade.name}-{degree.value}"] = forms.DecimalField(
                    label=points_name(grade, degree),
                    max_value=0,
                    min_value=-100,
                    max_digits=5,
                    decimal_places=2,
                    initial=rules.points_of(grade, degree),
                )
        for grade in Grade:
            self.fields[f"compensation-{grade.name}"] = forms.DecimalField(
                label=amount_name(grade),
                min_value=0,
                max_digits=12,
                decimal_places=2,
                initial=rules.compensation[grade],
            )
        for name, label in DAY_NAMES.items():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=3650, initial=getattr(rules, name)
            )
        self.fields["inspected"].initial = sorted(rules.inspected)
        self.order_fields([name for name in self.fields if name not in ("inspected", "reason")])

    def definition(self) -> Mapping[str, Any]:
        """The version's JSON with what was given; what the form does not show stays."""
        made, given = deepcopy(dict(self.version.definition)), self.cleaned_data
        made["points"] = {
            grade.name.lower(): {degree.value: float(given[f"points-{grade.name}-{degree.value}"]) for degree in COSTLY}
            for grade in Grade
        }
        made["compensation"] = {grade.name.lower(): float(given[f"compensation-{grade.name}"]) for grade in Grade}
        made["inspected"] = list(given["inspected"])
        return made | {name: given[name] for name in DAY_NAMES}
