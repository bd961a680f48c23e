"""The copy of a data subject whatever stands in the archive: control characters, markup, very long words (PIPL 45)."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.customers.privacy_acts import asked
from tests.factories import ContactPointFactory, CustomerFactory

from keheng.common import clock
from keheng.common.pdf import paragraph, style
from keheng.customers.enums import CaseKind, FileForm, HandoutState
from keheng.customers.models import Customer, Handout, Person, Sheet
from keheng.customers.operations import cases, handouts
from keheng.customers.privacy.copies import Table
from keheng.customers.privacy.pdf import pdf
from keheng.org.models import Staff

ODD = "黄\x07雅\x1b[31m琴\x0b\x1f\x7f\u202e\ufeff\ue000<b>&amp;</i>\t=1+1"


@pytest.fixture
def odd(db: None) -> Customer:
    """Somebody whose archive a feed has filled with what no keyboard writes."""
    customer = CustomerFactory.create(name=ODD, occupation=ODD)
    ContactPointFactory.create(customer=customer, value=f"138{ODD}5678", preferred_time=ODD)
    Person.objects.create(
        customer=customer, employer=ODD * 2, other_interests=ODD, emergency_phone=ODD, interests=["tea", "travel"]
    )
    Sheet.objects.create(customer=customer, wealth_needs=["research.sms"], commission_note=ODD, commission_rate="2.5")
    return customer


def made(customer: Customer, officer: Staff, form: FileForm) -> bytes:
    case = asked(customer, CaseKind.ACCESS, officer)
    handout = cases.give_copy(case=case, form=form, actor=officer, at=clock.now())
    ready = handouts.make(handout=Handout.objects.get(pk=handout.pk), now=clock.now)
    assert ready.state == HandoutState.READY
    return handouts.fetch(handout=ready, actor=officer, at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_control_characters_do_not_break_the_copy_to_read(odd: Customer, officer: Staff) -> None:
    content = made(odd, officer, FileForm.PDF)
    assert content.startswith(b"%PDF")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.django_db(transaction=True)
def test_control_characters_are_left_out_of_the_workbook(odd: Customer, officer: Staff) -> None:
    book = load_workbook(BytesIO(made(odd, officer, FileForm.XLSX)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    names = [cell for cell in cells if str(cell.value).startswith("黄雅")]
    assert names
    assert all("\x07" not in cell.value and cell.data_type == "s" for cell in names)


@pytest.mark.django_db(transaction=True)
def test_the_copy_for_programs_keeps_every_character(odd: Customer, officer: Staff) -> None:
    told = json.loads(made(odd, officer, FileForm.JSON))
    rows: list[dict[str, Any]] = [row for section in told["sections"] for row in section["rows"]]
    assert any(ODD in row.values() for row in rows)


@pytest.mark.django_db(transaction=True)
def test_the_copy_tells_choices_in_words_and_values_whole(odd: Customer, officer: Staff) -> None:
    told = made(odd, officer, FileForm.JSON).decode()
    for words in ("旅游", "茶艺", "研究报告（短信）"):
        assert words in told
    assert "research.sms" not in told


@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_makes_a_paragraph(text: str) -> None:
    plain = paragraph(text, style("any", 9, 12)).getPlainText()
    assert not any(sign < " " for sign in plain)


@pytest.mark.parametrize("columns", [1, 5, 6, 7, 12])
def test_a_row_higher_than_a_page_goes_on_on_the_next(columns: int) -> None:
    headers = [f"字段{number}" for number in range(columns)]
    table = Table("投诉", headers, [["很长的陈述。" * 1500, *["短"] * (columns - 1)], [""] * columns])
    content = pdf("个人信息副本", "钱安全 · 2026-11-22", [table])
    assert content.count(b"/Type /Page\n") > 1 or content.count(b"/Type /Page ") > 1
