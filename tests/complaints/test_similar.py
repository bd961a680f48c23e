"""Open complaints that look alike: what makes them kin, what is offered, and that a person links them (A7)."""

from collections.abc import Callable
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CustomerFactory

from keheng.complaints.enums import Kinship, LinkReason
from keheng.complaints.models import Complaint, Link, WordMarks
from keheng.complaints.operations.closing import withdraw
from keheng.complaints.operations.marks import mark_missing
from keheng.complaints.policies.marks import MARKS, marks
from keheng.complaints.policies.matching import Traits, kinship
from keheng.complaints.queries.similar import similar_to
from keheng.org.models import Branch, Staff

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]
traits = st.builds(
    Traits,
    st.none() | st.integers(1, 3),
    st.none() | st.integers(1, 3),
    st.none() | st.integers(1, 3),
    st.text("柜员态度排队等候手续费", max_size=20),
)


@given(traits, traits)
def test_kinship_is_mutual_and_never_without_a_reason_that_holds(one: Traits, other: Traits) -> None:
    reasons, percent = kinship(one, other)
    assert kinship(other, one) == (reasons, percent)
    if reasons and Kinship.WORDS not in reasons:
        assert one.cause == other.cause is not None
        assert (one.product == other.product is not None) or (one.unit == other.unit is not None)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (Traits(1, None, 2, "手续费太高"), (Kinship.CAUSE, Kinship.UNIT)),
        (Traits(1, 5, 9, "手续费太高"), (Kinship.CAUSE, Kinship.PRODUCT)),
        (Traits(1, None, 9, "手续费太高"), ()),
        (Traits(7, 5, 2, "手续费太高"), ()),
        (Traits(7, None, 9, "柜员态度恶劣，排队一个小时"), (Kinship.WORDS,)),
        (Traits(None, None, None, ""), ()),
    ],
)
def test_what_makes_two_complaints_kin(other: Traits, reasons: tuple[Kinship, ...]) -> None:
    assert kinship(Traits(1, 5, 2, "柜员态度恶劣，排队一个小时"), other)[0] == reasons


def test_open_ones_that_the_reader_sees_are_offered_and_a_person_links_them(
    classified: Made, officer: Staff, outlet: Branch, client: Client
) -> None:
    def another(**values: object) -> Complaint:
        return classified(**{"customer": CustomerFactory.create(branch=outlet), "complaining": [], **values})

    record = classified()
    kin = another(statement="叫号叫了很久没有人理")
    elsewhere = BranchFactory.create(parent=outlet.parent, name="别处网点")
    another(statement="没有空调", about_branch=elsewhere)
    ended = another(statement="也是态度问题")
    withdraw(complaint=ended, reason="来电", actor=officer, at=ended.registered_at)
    found = similar_to(record, officer)
    assert [(one.complaint, one.reasons) for one in found] == [(kin, (Kinship.CAUSE, Kinship.UNIT))]
    stranger = Staff.objects.create(username="stranger", name="外人", branch=BranchFactory.create(), role=officer.role)
    assert similar_to(record, stranger) == []
    client.force_login(officer)
    card = client.get(reverse("complaints:similar", args=[record.pk])).content.decode()
    assert kin.number in card
    assert "同一原因" in card
    client.post(reverse("complaints:link-similar", args=[record.pk, kin.pk]))
    assert Link.objects.get(first=record, second=kin).reason == LinkReason.SIMILAR
    assert similar_to(record, officer) == []
    assert "没有其他" in client.get(reverse("complaints:similar", args=[record.pk])).content.decode()


def test_what_is_told_alike_is_found_without_anything_else_in_common(
    classified: Made, registered: Made, officer: Staff, outlet: Branch
) -> None:
    told = "自动取款机吞卡三天没有人处理，打了五次电话都说再等等"
    record = registered(statement=told, complaining=[], about_branch=None)
    assert record.cause_id is None
    elsewhere = BranchFactory.create(parent=outlet.parent, name="别处网点")
    alike = registered(
        statement="别处网点的自动取款机吞卡三天没有人处理，打电话都说再等等",
        customer=CustomerFactory.create(branch=outlet),
        complaining=[],
        about_branch=elsewhere,
    )
    registered(statement="理财经理没有说明赎回费用", complaining=[], about_branch=elsewhere)
    assert [(one.complaint, one.reasons) for one in similar_to(record, officer)] == [(alike, (Kinship.WORDS,))]
    WordMarks.objects.all().delete()
    assert similar_to(record, officer) == []
    assert mark_missing() == 3
    assert mark_missing() == 0
    assert [one.complaint for one in similar_to(record, officer)] == [alike]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=60, unique=True), st.randoms())
def test_marks_are_of_the_terms_alone_and_equal_texts_share_all(terms: list[int], random: Random) -> None:
    shuffled = random.sample(terms, len(terms))
    assert marks(terms) == marks(shuffled) == marks(terms + terms)
    assert len(marks(terms)) == (MARKS if terms else 0)
    assert all(-(2**63) <= mark < 2**63 for mark in marks(terms))


def test_texts_share_more_marks_the_more_terms_they_share() -> None:
    numbers = Random(1)
    terms = [numbers.getrandbits(63) for _ in range(200)]
    text, half, other = terms[:100], terms[25:125], terms[100:]
    assert len(set(marks(text)) & set(marks(half))) >= 3
    assert not set(marks(text)) & set(marks(other))


def test_the_offer_takes_three_queries_whatever_it_finds(
    classified: Made, officer: Staff, outlet: Branch, django_assert_max_num_queries: Callable[..., object]
) -> None:
    record = classified()
    for _ in range(4):
        classified(customer=CustomerFactory.create(branch=outlet), complaining=[])
    with django_assert_max_num_queries(3):  # type: ignore[attr-defined]
        assert len(similar_to(record, officer)) == 4
