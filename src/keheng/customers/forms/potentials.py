"""The forms of lists of potential customers; a file is read here, and refused with the row that is wrong."""

import csv
from decimal import Decimal, InvalidOperation
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from keheng.common.money import WAN
from keheng.customers.archive.potentials import rules
from keheng.customers.enums import CustomerKind, PotentialSource
from keheng.customers.operations.potentials import MOST_ROWS, Named
from keheng.org.models import Branch, Staff

MOST_BYTES = 2 * 2**20
COLUMNS = {
    "姓名": "name",
    "名称": "name",
    "电话": "phone",
    "单位": "employer",
    "预计金额（万元）": "amount",
    "备注": "note",
}
"""Heads of the columns of a file of names; only the name is needed."""


class NamedForm(forms.Form):
    """One potential customer, as a teller meets one."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    amount = forms.DecimalField(label=_("Expected amount, in 10,000 CNY"), min_value=0, required=False)
    employer = forms.CharField(label=_("Employer"), max_length=120, required=False)
    note = forms.CharField(
        label=_("Remarks"), max_length=200, required=False, widget=forms.TextInput({"data-wide": ""})
    )

    def named(self) -> list[Named]:
        """What was filled in."""
        told = self.cleaned_data
        amount = None if told["amount"] is None else told["amount"] * WAN
        return [Named(told["name"], told["phone"], told["employer"], amount, told["note"], CustomerKind(told["kind"]))]


class UploadForm(forms.Form):
    """A file of names."""

    file = forms.FileField(
        label=_("File, CSV or Excel"),
        help_text=_("Columns: %(columns)s; only the name is needed.") % {"columns": "、".join(COLUMNS)},
    )

    def named(self) -> list[Named]:
        """The rows of the file."""
        return self.rows

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("The file is larger than 2 MB. Part it, please."))
        data = file.read()
        try:
            table = _excel(data) if data[:2] == b"PK" else _text(data)
        except (BadZipFile, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise forms.ValidationError(gettext("The file cannot be read. Save it as Excel or CSV anew.")) from error
        if not table or not {"姓名", "名称"} & set(table[0]):
            raise forms.ValidationError(gettext("The first line names the columns; one of them is 姓名 or 名称."))
        self.rows = [_row(table[0], line, number) for number, line in enumerate(table[1:], 1) if any(line)]
        return file


class ListForm(forms.Form):
    """A new list: by a rule with its limits, or of a source whose names are uploaded."""

    name = forms.CharField(label=_("Name"), max_length=60)
    source = forms.ChoiceField(label=_("Source"), choices=PotentialSource)
    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch"))
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    note = forms.CharField(
        label=_("Remarks"), max_length=200, required=False, widget=forms.TextInput({"data-wide": ""})
    )

    def __init__(self, *args: Any, actor: Staff) -> None:
        super().__init__(*args)
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id
        rule: Any = self.fields["rule"]
        rule.choices = [("", "—"), *((one.code, f"{one.label}（{one.source}）") for one in rules().values())]
        for one in rules().values():
            for limit in one.limits:
                in_wan = limit.unit == "wan"
                units = {"wan": gettext("in 10,000 CNY"), "months": gettext("months"), "percent": "%"}
                self.fields[f"{one.code}__{limit.name}"] = forms.DecimalField(
                    label=f"{one.label} · {limit.label}",
                    help_text=units[limit.unit],
                    required=False,
                    min_value=0,
                    initial=limit.usual / WAN if in_wan else limit.usual,
                )

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        told = self.cleaned_data
        rule = rules().get(told["rule"])
        limits = {
            limit.name: told[f"{told['rule']}__{limit.name}"] * (WAN if limit.unit == "wan" else 1)
            for limit in (rule.limits if rule else ())
            if told[f"{told['rule']}__{limit.name}"] is not None
        }
        names = ("name", "branch", "rule", "note")
        return {**{one: told[one] for one in names}, "source": PotentialSource(told["source"]), "parameters": limits}


class BranchForm(forms.Form):
    """Where the archive of a new customer is kept."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch"))

    def __init__(self, *args: Any, actor: Staff, at: int) -> None:
        super().__init__(*args)
        field: Any = self.fields["branch"]
        field.queryset, field.initial = Branch.objects.visible_to(actor).filter(is_active=True), at


def _text(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return [[cell.strip() for cell in line] for line in islice(csv.reader(StringIO(text)), MOST_ROWS + 2)]


def _excel(data: bytes) -> list[list[str]]:
    sheet = load_workbook(BytesIO(data), read_only=True, data_only=True).worksheets[0]
    lines = islice(sheet.iter_rows(values_only=True), MOST_ROWS + 2)
    return [["" if cell is None else str(cell).strip() for cell in line] for line in lines]


def _row(heads: list[str], line: list[str], number: int) -> Named:
    told = {COLUMNS[head]: cell for head, cell in zip(heads, line, strict=False) if head in COLUMNS}
    amount = told.pop("amount", "")
    try:
        return Named(**{"name": "", **told}, amount=Decimal(amount) * WAN if amount else None)  # type: ignore[arg-type]
    except InvalidOperation as error:
        raise forms.ValidationError(gettext("Row %(n)d: the amount is no number.") % {"n": number}) from error
