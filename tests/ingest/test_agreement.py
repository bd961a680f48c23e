"""Checks by the column find what the reference, one value at a time, finds."""

from datetime import date

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from keheng.customers.values import identity
from keheng.customers.values.identity import Flaw
from keheng.ingest.checking.documents import contacts, documents

TODAY = date(2026, 11, 22)
FLAWS = {Flaw.SHAPE: "document", Flaw.BIRTH_DATE: "document_birth", Flaw.CHECK_DIGIT: "check_digit"}

digits = st.text("0123456789", min_size=15, max_size=19)
dates = st.dates(date(1850, 1, 1), date(2030, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))
shaped = st.builds(
    lambda area, born, order, check: f"{area:06d}{born}{order:03d}{check}",
    st.integers(100000, 999999),
    dates,
    st.integers(0, 999),
    st.sampled_from("0123456789Xx"),
)
valid = st.builds(
    lambda area, born, order: (first := f"{area:06d}{born}{order:03d}") + identity.resident_check(first),
    st.integers(100000, 999999),
    dates,
    st.integers(0, 999),
)
symbols = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17)
codes = st.one_of(
    symbols.map(lambda first: first + identity.credit_code_check(first)),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=17, max_size=19),
)
noise = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(" -()（）·.+　１２３ＸＡ\x1c\x85")), max_size=24
)
document = st.one_of(digits, shaped, valid, codes, noise)
phone = st.one_of(
    st.builds(
        lambda prefix, head, rest, gap: f"{prefix}1{head}{rest[:4]}{gap}{rest[4:]}",
        st.sampled_from(["", "+86", "86", "0086-", "+86 "]),
        st.integers(2, 9),
        st.text("0123456789", min_size=8, max_size=10),
        st.sampled_from(["", "-", " ", "—"]),
    ),
    st.builds(
        lambda area, dash, number, extension: f"{area}{dash}{number}{extension}",
        st.sampled_from(["010", "021", "0577", "(0577)", "0199", "400"]),
        st.sampled_from(["", "-", "–"]),
        st.text("0123456789", min_size=6, max_size=9),
        st.sampled_from(["", "-801", "801", "-123456"]),
    ),
    st.from_regex(r"95\d{2,7}", fullmatch=True),
    noise,
)
email = st.one_of(st.emails(), st.from_regex(r"[^\s]{0,5}@[a-zA-Z0-9.-]{1,9}\.[a-z]{1,4}", fullmatch=True), noise)
wechat = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{3,22}", fullmatch=True), noise)


@given(document, st.sampled_from(["resident", "uscc", "passport", "other"]))
@example("１１０１０５１９４９１２３１００２ｘ", "resident")
@example("110105 19491231 002X", "resident")
@example("11010519491231002٣", "resident")
@example("110105000001010022", "resident")
@example("91350100m000100y43", "uscc")
def test_documents(text: str, kind: str) -> None:
    expected = identity.resident(text, today=TODAY) if kind == "resident" else identity.DOCUMENTS[kind](text)
    found = documents(pl.Series([text]), pl.Series([kind]), today=TODAY)
    flaw = None if found.flaws is None else found.flaws[0]
    if expected.error == Flaw.EMPTY:
        assert (found.values[0], flaw) == (None, None)
    else:
        assert (found.values[0], flaw) == (expected.value, FLAWS.get(expected.error) if expected.error else None)
    if expected.ok and kind == "resident":
        assert (found.births[0], found.sexes[0]) == (expected.birth_date, expected.sex)


def contact_agrees(kind: str, text: str) -> None:
    expected = identity.CONTACTS[kind](text)
    found = contacts(kind, pl.Series([text]))
    flaw = None if found.flaws is None else found.flaws[0]
    if expected.error == Flaw.EMPTY:
        assert (found.values[0], flaw) == (None, None)
    else:
        assert flaw == (None if expected.ok else "phone" if kind == "backup" else kind)
        assert found.values[0] == expected.value or not expected.ok


@given(phone)
@example("+86 138 1234 5678")
@example("１３８１２３４５６７８")
def test_mobiles(text: str) -> None:
    contact_agrees("mobile", text)


@given(phone)
@example("0577-88002210-801")
@example("057788002210")
@example("400-800-1234")
@example("95588")
def test_phones(text: str) -> None:
    contact_agrees("phone", text)
    contact_agrees("backup", text)


@given(email)
@example("Huang@Example.COM")
def test_emails(text: str) -> None:
    contact_agrees("email", text)


@given(wechat)
def test_wechat_names(text: str) -> None:
    contact_agrees("wechat", text)


@given(st.text(st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from(" \t　")), max_size=24))
@example("浙江省  温州市\t人民路　1号")
def test_addresses(text: str) -> None:
    contact_agrees("address", text)
