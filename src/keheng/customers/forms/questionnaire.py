"""A risk questionnaire as a form: bands, and a block for each question with one answer a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import RiskGrade
from keheng.customers.forms.dossier import day_input

MINIMUM = "C1-"
"""After an answer: whoever chooses it has the lowest tolerance of all."""

_DIMENSIONS = [("tolerance", _("Tolerance")), ("preference", _("Preference"))]
_PARTS = 3
_BLOCK = ("order", "text", "dimension", "weight", "options")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class QuestionnaireForm(forms.Form):
    """:meth:`content` is the definition as the operations take it. The last block is for one more question."""

    valid_from = forms.DateField(label=_("Valid from"), widget=day_input())
    valid_months = forms.IntegerField(label=_("An assessment holds, months"), min_value=1, max_value=60)

    def __init__(self, *args: Any, definition: dict[str, Any]) -> None:
        super().__init__(*args)
        self.initial.update({name: definition[name] for name in ("valid_from", "valid_months")})
        self.base = definition
        for band in definition["bands"][1:]:
            self.fields[f"from_{band['grade']}"] = forms.DecimalField(
                label=band["grade"], min_value=0, max_value=100, decimal_places=2, initial=band["from_score"]
            )
        for place, asked in enumerate([*definition["questions"], None]):
            self._add(place, asked)

    def _add(self, place: int, asked: dict[str, Any] | None) -> None:
        told = asked or {"text": "", "dimension": "tolerance", "weight": 1, "options": []}
        area = forms.Textarea(attrs={"rows": max(3, len(told["options"]))})
        made: dict[str, forms.Field] = {
            "order": forms.IntegerField(label=_("Order"), initial=place + 1, min_value=0, max_value=99),
            "text": forms.CharField(label=_("Question"), max_length=200, required=False, initial=told["text"]),
            "dimension": forms.ChoiceField(label=_("Counts for"), choices=_DIMENSIONS, initial=told["dimension"]),
            "weight": forms.IntegerField(label=_("Weight"), min_value=0, max_value=20, initial=told["weight"]),
            "options": forms.CharField(
                label=_("Answers, one a line: words | points"),
                required=False,
                widget=area,
                initial="\n".join(_line(option) for option in told["options"]),
            ),
        }
        for part, field in made.items():
            self.fields[f"q{place}_{part}"] = field

    @property
    def bands(self) -> list[forms.BoundField]:
        return [self[f"from_{grade}"] for grade in list(RiskGrade)[1:]]

    @property
    def blocks(self) -> list[dict[str, forms.BoundField]]:
        """The questions with their inputs, the empty one last."""
        return [{part: self[f"q{place}_{part}"] for part in _BLOCK} for place in range(len(self.base["questions"]) + 1)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.questions: list[tuple[int, dict[str, Any]]] = []
        used = {asked["code"] for asked in self.base["questions"]}
        for place, former in enumerate([*self.base["questions"], None]):
            told = {
                part: values.get(f"q{place}_{part}") for part in ("order", "text", "dimension", "weight", "options")
            }
            if not told["text"]:
                continue  # without words there is no question
            code = former["code"] if former else next(f"more_{x}" for x in _LETTERS if f"more_{x}" not in used)
            try:
                options = [_option(line, former) for line in (told["options"] or "").splitlines() if line.strip()]
            except ValueError as error:
                self.add_error(f"q{place}_options", str(error))
                continue
            english = former["text_en"] if former and former["text"] == told["text"] else ""
            parts = {name: told[name] for name in ("text", "dimension", "weight")}
            self.questions.append((told["order"] or 0, {"code": code, "text_en": english, **parts, "options": options}))
        return values

    def content(self) -> dict[str, Any]:
        """The definition."""
        values = self.cleaned_data
        edges = {"C1": 0} | {grade: values[f"from_{grade}"] for grade in list(RiskGrade)[1:]}
        return {
            "valid_from": values["valid_from"],
            "valid_months": values["valid_months"],
            "bands": [{"grade": grade, "from_score": edge} for grade, edge in edges.items()],
            "questions": [asked for _order, asked in sorted(self.questions, key=lambda pair: pair[0])],
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why the questionnaire changes"), max_length=200)


def _line(option: dict[str, Any]) -> str:
    limit = MINIMUM if option["minimum"] else option["cap"]
    return " | ".join([option["text"], str(option["points"]), *([limit] if limit else [])])


def _option(line: str, former: dict[str, Any] | None) -> dict[str, Any]:
    """``我不承受任何亏损 | 0 | C2`` → an answer that gives no points and no higher grade than C2."""
    parts = [part.strip() for part in line.split("|")]
    limit = parts[2] if len(parts) == _PARTS else ""
    known = {MINIMUM, "", *RiskGrade.values}
    if len(parts) not in {2, _PARTS} or not parts[0] or not parts[1].isdecimal() or limit not in known:
        raise ValueError(
            gettext("Write “%(line)s” as: words | points, and where the answer limits the grade | C1 to C5 or C1-.")
            % {"line": line.strip()[:40]}
        )
    options = former["options"] if former else []
    english = next((one["text_en"] for one in options if one["text"] == parts[0]), "")
    cap = limit if limit in RiskGrade.values else None
    return {
        "text": parts[0],
        "text_en": english,
        "points": int(parts[1]),
        "minimum": limit == MINIMUM,
        "cap": cap,
    }
