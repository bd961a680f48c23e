"""The rules of confidentiality and privacy as forms: every number and every cell of the matrix."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.enums import CaseKind, Disclosure
from keheng.customers.policies.consent import Anchor, Basis, PrivacyRules
from keheng.customers.policies.disclosure import ConfidentialityRules, cells
from keheng.versions.forms import reason_field

CELL_WORDS = {
    Disclosure.HIDDEN: pgettext_lazy("cell of the matrix", "hidden"),
    Disclosure.MASKED: pgettext_lazy("cell of the matrix", "masked"),
    Disclosure.REVEAL: pgettext_lazy("cell of the matrix", "on request"),
    Disclosure.OPEN: pgettext_lazy("cell of the matrix", "open"),
}
BASIS_WORDS = {
    Basis.CONSENT: _("Consent of the customer"),
    Basis.CONTRACT: _("Performance of the contract"),
    Basis.LAW: _("Duty by law"),
}
ANCHOR_WORDS = {
    Anchor.RELATIONSHIP: _("End of the relationship"),
    Anchor.ACCOUNT: _("Closing of the last account"),
}
_MOST = 100_000


def cell_name(group: Any, level: Any, reader: Any) -> str:
    """The name of the control of one cell."""
    return f"cell-{group.value}-{level.value}-{reader.value}"


class ConfidentialityForm(forms.Form):
    """The matrix and the limits beside it; :meth:`content` is what the operation takes."""

    minutes = forms.CharField(label=_("Times of emergency access, in minutes"), max_length=60, help_text="30, 60, 120")
    review_within_days = forms.IntegerField(label=_("Reviewed within days"), min_value=1, max_value=90)
    rows_without_approval = forms.IntegerField(label=_("Rows exported without approval"), min_value=0, max_value=_MOST)
    most_rows = forms.IntegerField(label=_("Most rows of an export"), min_value=1, max_value=_MOST)
    days = forms.IntegerField(label=_("Days a file can be fetched"), min_value=1, max_value=90)
    reason = reason_field()

    def __init__(self, *args: Any, rules: ConfidentialityRules, **kwargs: Any) -> None:
        initial = {
            "minutes": ", ".join(map(str, rules.emergency.minutes)),
            "review_within_days": rules.emergency.review_within_days,
            **rules.exports.model_dump(),
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        for group, level, reader in cells():
            self.fields[cell_name(group, level, reader)] = forms.TypedChoiceField(
                label=f"{group.label} · {level.label} · {reader.label}",
                choices=[(each.value, words) for each, words in CELL_WORDS.items()],
                coerce=int,
                initial=rules.matrix[group][level][reader].value,
            )

    def clean_minutes(self) -> list[int]:
        """The times as numbers."""
        parts = str(self.cleaned_data["minutes"]).replace("，", ",").replace("、", ",").split(",")
        if not all(part.strip().isdecimal() for part in parts):
            raise forms.ValidationError(_("Write whole minutes with commas between, such as 30, 60."))
        return [int(part) for part in parts]

    def content(self) -> dict[str, Any]:
        """The rules as the operation takes them."""
        given = self.cleaned_data
        matrix: dict[str, Any] = {}
        for group, level, reader in cells():
            row = matrix.setdefault(group.value, {}).setdefault(level.value, {})
            row[reader.value] = given[cell_name(group, level, reader)]
        return {
            "matrix": matrix,
            "emergency": {"minutes": given["minutes"], "review_within_days": given["review_within_days"]},
            "exports": {name: given[name] for name in ("rows_without_approval", "most_rows", "days")},
        }


class PrivacyRulesForm(forms.Form):
    """Clocks, retention and the wording of purposes; a changed wording is a new version and asks for consent anew."""

    guardian_below = forms.IntegerField(label=_("Guardian consents below the age of"), min_value=0, max_value=18)
    copy_days = forms.IntegerField(label=_("Days a copy can be fetched"), min_value=1, max_value=90)
    assessment_years = forms.IntegerField(label=_("Years an impact assessment is kept"), min_value=3, max_value=100)
    reason = reason_field()
    new_code = forms.RegexField(
        r"^[a-z][a-z0-9-]{1,29}$", label=_("Code of a new purpose"), required=False, help_text="loyalty-club"
    )
    new_name = forms.CharField(label=_("Name of the new purpose"), required=False, max_length=40)
    new_text = forms.CharField(
        label=_("What the customer is told"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    new_separate = forms.BooleanField(label=_("Asked for separately"), required=False)

    def __init__(self, *args: Any, rules: PrivacyRules, **kwargs: Any) -> None:
        names = ("guardian_below", "copy_days", "assessment_years")
        super().__init__(*args, **{"initial": {name: getattr(rules, name) for name in names}, **kwargs})
        self._rules = rules
        for kind in CaseKind:
            clock = rules.clocks[kind]
            self._number(f"days-{kind}", clock.days, least=1, label=f"{kind.label} · {_('days')}")
            self._number(f"extension-{kind}", clock.extension, least=0, label=f"{kind.label} · {_('extension')}")
        for rule in rules.retention:
            self._number(f"years-{rule.code}", rule.years, least=0, label=f"{rule.name} · {_('years')}", most=100)
        for purpose in rules.purposes:
            self.fields[f"text-{purpose.code}"] = forms.CharField(
                label=purpose.name,
                max_length=1000,
                initial=purpose.text,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """A new purpose needs all of its parts."""
        given = super().clean() or {}
        parts = [given.get("new_code"), given.get("new_name"), given.get("new_text")]
        if any(parts) and not all(parts) and "new_code" not in self.errors:
            self.add_error("new_code", _("A new purpose needs a code, a name and what the customer is told."))
        return given

    def content(self) -> dict[str, Any]:
        """The rules as the operation takes them."""
        given, rules = self.cleaned_data, self._rules.model_dump(mode="json")
        for name in ("guardian_below", "copy_days", "assessment_years"):
            rules[name] = given[name]
        for kind in CaseKind:
            rules["clocks"][kind.value] = {"days": given[f"days-{kind}"], "extension": given[f"extension-{kind}"]}
        for rule in rules["retention"]:
            rule["years"] = given[f"years-{rule['code']}"]
        for purpose in rules["purposes"]:
            text = given[f"text-{purpose['code']}"].strip()
            if text != purpose["text"]:
                purpose["text"], purpose["version"] = text, purpose["version"] + 1
        if given["new_code"]:
            purpose = {"code": given["new_code"], "name": given["new_name"], "text": given["new_text"].strip()}
            rules["purposes"].append({**purpose, "basis": Basis.CONSENT.value, "separate": given["new_separate"]})
        return rules

    def _number(self, name: str, initial: int, *, least: int, label: str, most: int = 365) -> None:
        widget = forms.NumberInput(attrs={"class": "pv-number"})
        self.fields[name] = forms.IntegerField(
            label=label, min_value=least, max_value=most, initial=initial, widget=widget
        )
