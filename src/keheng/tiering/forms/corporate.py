"""Forms of the corporate rules: weights, size standards, uploads, facts."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from keheng.tiering.policies.company_types import MARKETS
from keheng.tiering.policies.standards import Standard, StandardsTable
from keheng.tiering.policies.value import FED, INDICATORS, Direction, Population, WeightTable

_WAN = Decimal(10_000)
SIDES = tuple((population, direction) for population in Population for direction in Direction)
_LARGEST_UPLOAD = 10 * 2**20


def _number(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, required=False, widget=forms.NumberInput(attrs={"step": "any"}), **more
    )


def _note() -> forms.CharField:
    return forms.CharField(label=_("What changes and why"), max_length=200)


class WeightsForm(forms.Form):
    """The weights of a version, a field for each indicator and side: ``existing.to_bank.revenue``."""

    middle = forms.DecimalField(label=_("middle from"), min_value=1, max_value=99)
    high = forms.DecimalField(label=_("high from"), min_value=1, max_value=99)
    note = _note()

    def __init__(self, *args: Any, table: WeightTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["middle"].initial, self.fields["high"].initial = table.middle, table.high
        for code in INDICATORS:
            for population, direction in SIDES:
                name = f"{population}.{direction}.{code}"
                self.fields[name] = _number(INDICATORS[code].label, max_value=100)
                self.fields[name].initial = _plain(table.of(population).of(direction).get(code))
                self.fields[name].widget.attrs["data-weight"] = f"{population}.{direction}"

    def table(self) -> WeightTable:
        """The version that the form describes."""
        content: dict[str, Any] = {name: self.cleaned_data[name] for name in ("middle", "high")}
        for population, direction in SIDES:
            content.setdefault(population.value, {})[direction.value] = {
                code: weight
                for code in INDICATORS
                if (weight := self.cleaned_data[f"{population}.{direction}.{code}"]) is not None and weight
            }
        return WeightTable.model_validate(content)

    def rows(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Each indicator with its four fields."""
        for code, indicator in INDICATORS.items():
            yield indicator, [self[f"{population}.{direction}.{code}"] for population, direction in SIDES]


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


class StandardsForm(forms.Form):
    """The size standards, amounts in 万; a line without a code is left out."""

    scale_deposits = forms.DecimalField(
        label=_("Above scale from month-average deposits of (10,000 yuan)"), min_value=1
    )
    note = _note()
    FREE_LINES = 2

    def __init__(self, *args: Any, table: StandardsTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scale_deposits"].initial = _plain(table.scale_deposits / _WAN)
        lines: list[Standard | None] = [table.others, *table.industries, *([None] * self.FREE_LINES)]
        self.count = len(lines)
        for place, line in enumerate(lines):
            self._add(place, line)

    def _add(self, place: int, line: Standard | None) -> None:
        fields: dict[str, forms.Field] = {
            "code": forms.RegexField(r"^[a-z][a-z0-9-]*$", label=_("Code"), required=False, max_length=40),
            "words": forms.CharField(label=_("Names in files"), required=False, max_length=200),
            "market": forms.ChoiceField(
                label=_("Market"), choices=[(market.value, words) for market, words in MARKETS.items()]
            ),
            "large_sales": _number(_("Large from sales of")),
            "small_sales": _number(_("Above small: sales over")),
            "small_assets": _number(_("Above small: assets over")),
        }
        if line is not None:
            fields["code"].initial, fields["words"].initial = line.code, " ".join(line.words)
            fields["market"].initial = line.market.value
            for name in ("large_sales", "small_sales", "small_assets"):
                amount = getattr(line, name)
                fields[name].initial = "" if amount is None else _plain(amount / _WAN)
        if place == 0:
            fields["code"].disabled = True
            fields["words"].widget.attrs["placeholder"] = _("All other industries")
        for name, field in fields.items():
            self.fields[f"{place}.{name}"] = field

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """The fields of each line."""
        names = ("words", "code", "market", "large_sales", "small_sales", "small_assets")
        for place in range(self.count):
            yield [self[f"{place}.{name}"] for name in names]

    def clean(self) -> dict[str, Any]:
        """A line with a code needs its sales limit."""
        cleaned = super().clean() or {}
        for place in range(self.count):
            if cleaned.get(f"{place}.code") and not cleaned.get(f"{place}.large_sales"):
                self.add_error(f"{place}.large_sales", _("Enter the sales from which a company is large."))
        return cleaned

    def table(self) -> StandardsTable:
        """The version that the form describes."""
        lines = [self._line(place) for place in range(self.count) if self.cleaned_data[f"{place}.code"]]
        return StandardsTable(
            scale_deposits=self.cleaned_data["scale_deposits"] * _WAN, others=lines[0], industries=tuple(lines[1:])
        )

    def _line(self, place: int) -> Standard:
        given = self.cleaned_data
        amounts = {
            name: amount * _WAN
            for name in ("large_sales", "small_sales", "small_assets")
            if (amount := given[f"{place}.{name}"])
        }
        return Standard(
            code=given[f"{place}.code"],
            words=tuple(given[f"{place}.words"].replace("、", " ").split()),
            market=given[f"{place}.market"],
            **amounts,
        )


class UploadForm(forms.Form):
    """A small file."""

    upload = forms.FileField(label=_("File"), validators=[FileExtensionValidator(["csv", "xlsx", "txt", "tsv"])])

    def clean_upload(self) -> Any:
        """Lists are small; whatever is large is another file."""
        upload = self.cleaned_data["upload"]
        if upload.size > _LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 10 MB; a list is not."))
        return upload


class StrategicUploadForm(UploadForm):
    """A list of strategic customers."""

    note = forms.CharField(label=_("What changes and why"), max_length=200, required=False)


class PreviewedForm(UploadForm):
    """A small file; what was looked at needs not be sent again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].required = False

    def clean_upload(self) -> Any:
        """Nothing, or a small file."""
        return super().clean_upload() if self.cleaned_data["upload"] else None


class FactsUploadForm(PreviewedForm):
    """A file with facts, and their date."""

    as_of = forms.DateField(label=_("Date of the values"), widget=forms.DateInput(attrs={"type": "date"}))


class FactsForm(forms.Form):
    """The facts of one company."""

    as_of = forms.DateField(label=_("Date of the values"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label=_("Where the values come from"), max_length=120)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = f"{today:%Y-%m-%d}"
        for code in FED:
            indicator = INDICATORS[code]
            self.fields[code] = forms.DecimalField(
                label=indicator.label,
                required=False,
                decimal_places=2,
                help_text=_("%(least)s to %(most)s") % {"least": indicator.least, "most": indicator.most},
            )
        self.order_fields([*FED, "as_of", "source"])

    def values(self) -> dict[str, Decimal | None]:
        """The values by indicator; ``None`` where nothing was entered."""
        return {code: self.cleaned_data[code] for code in FED}
