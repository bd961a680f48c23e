"""Documents and contact points: published vectors, and what must hold for every value."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.customers.values import identity
from keheng.customers.values.identity import Flaw

TODAY = date(2026, 11, 22)


def test_published_sample_of_gb_11643() -> None:
    found = identity.resident("11010519491231002x", today=TODAY)
    assert found == identity.Finding("11010519491231002X", birth_date=date(1949, 12, 31), sex="f")


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43"])
def test_published_credit_codes(code: str) -> None:
    assert identity.credit_code(code) == identity.Finding(code)


@pytest.mark.parametrize(
    ("number", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("1101051949123100", Flaw.SHAPE),
        ("110105194912310O2X", Flaw.SHAPE),
        ("110105491231002", Flaw.SHAPE),  # the 15 digits of before 1999
        ("110105194912310021", Flaw.CHECK_DIGIT),
        ("110105194913310020", Flaw.BIRTH_DATE),
        ("110105194902300020", Flaw.BIRTH_DATE),
    ],
)
def test_wrong_identity_numbers_say_what_is_wrong(number: str, flaw: Flaw) -> None:
    assert identity.resident(number, today=TODAY).error is flaw


def test_births_in_the_future_or_long_ago_are_errors() -> None:
    def number(birth: str) -> str:
        first = f"330302{birth}002"
        return first + identity.resident_check(first)

    assert identity.resident(number("20261123"), today=TODAY).error is Flaw.BIRTH_DATE
    assert identity.resident(number("18951231"), today=TODAY).error is Flaw.BIRTH_DATE
    assert identity.resident(number("20261122"), today=TODAY).ok
    assert identity.resident(number("20261123")).ok


@pytest.mark.parametrize("region", ["110118", "330113", "830000", "911234"])
def test_new_regions_and_residence_permits_pass(region: str) -> None:
    first = f"{region}19850228021"
    assert identity.resident(first + identity.resident_check(first)).warning is None


def test_an_unknown_region_only_warns() -> None:
    first = "00010119850228021"
    found = identity.resident(first + identity.resident_check(first))
    assert (found.ok, found.warning) == (True, Flaw.REGION)


@given(
    region=st.sampled_from(["110105", "330302", "440300", "540102"]),
    born=st.dates(date(1900, 1, 1), TODAY),
    order=st.integers(0, 999),
)
def test_every_made_number_passes_and_one_changed_character_never(region: str, born: date, order: int) -> None:
    first = f"{region}{born:%Y%m%d}{order:03d}"
    number = first + identity.resident_check(first)
    found = identity.resident(number, today=TODAY)
    assert (found.ok, found.birth_date, found.sex) == (True, born, "m" if order % 2 else "f")
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not identity.resident(wrong, today=TODAY).ok


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_every_made_credit_code_passes_and_one_changed_symbol_never(first: str, place: int, step: int) -> None:
    symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = first + identity.credit_code_check(first)
    assert identity.credit_code(code).ok
    changed = symbols[(symbols.index(code[place]) + step) % 31]
    assert identity.credit_code(code[:place] + changed + code[place + 1 :]).error is Flaw.CHECK_DIGIT


@pytest.mark.parametrize("symbol", "IOSVZ")
def test_credit_codes_lack_five_letters(symbol: str) -> None:
    assert identity.credit_code(symbol + "1110000600037341L").error is Flaw.SHAPE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13812345678", "13812345678"),
        (" 138 1234 5678 ", "13812345678"),
        ("+86-138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("１９９１２３４５６７８", "19912345678"),
    ],
)
def test_mobiles_come_to_one_form(text: str, value: str) -> None:
    assert identity.mobile(text) == identity.Finding(value)


@pytest.mark.parametrize("text", ["12812345678", "1381234567", "138123456789", "0577-88002210", "abc"])
def test_what_is_no_mobile(text: str) -> None:
    assert identity.mobile(text).error is Flaw.SHAPE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0577-88002210", "0577-88002210"),
        ("057788002210", "0577-88002210"),
        ("(010) 6275 1234", "010-62751234"),
        ("+86 021-63231234-801", "021-63231234-801"),
        ("400-820-8820", "4008208820"),
        ("95588", "95588"),
        ("138-1234-5678", "13812345678"),
    ],
)
def test_phones_come_to_one_form(text: str, value: str) -> None:
    assert identity.phone(text) == identity.Finding(value)


@pytest.mark.parametrize("text", ["88002210", "0577-18002210", "1234"])
def test_what_is_no_phone(text: str) -> None:
    assert identity.phone(text).error is Flaw.SHAPE


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("Huang@Example.com", True),
        ("a.b+c@mail.gov.cn", True),
        ("huang@", False),
        ("huang@host", False),
        ("a b@c.cn", True),
    ],
)
def test_email(text: str, ok: bool) -> None:
    assert identity.email(text).ok is ok


@given(st.text(max_size=40))
def test_nothing_raises_whatever_the_text(text: str) -> None:
    for examine in (*identity.DOCUMENTS.values(), *identity.CONTACTS.values()):
        assert isinstance(examine(text), identity.Finding)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1966, 11, 22), date(2026, 11, 22), 60),
        (date(1966, 11, 23), date(2026, 11, 22), 59),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
    ],
)
def test_age_in_completed_years(born: date, day: date, age: int) -> None:
    assert identity.age_on(born, day) == age
