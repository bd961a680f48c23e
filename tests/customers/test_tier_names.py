"""Where people read of a tier they read its name in the scheme, never its code (decision 23: names are editable)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.care.enums.tasks import RuleTopic
from keheng.care.queries.rules import preset
from keheng.care.reading import cadence_words
from keheng.cli.migrate import load_presets
from keheng.customers import operations
from keheng.customers.archive import tiers
from keheng.customers.models import Customer, Inspection, LossFile
from keheng.customers.operations.papers import add_paper
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


class _Words(HTMLParser):
    """What a page shows: its text and the words of its attributes that people read, not addresses or values."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value or "" for name, value in attrs if name in {"title", "aria-label", "placeholder"}]


def words_of(page: str) -> list[str]:
    parser = _Words()
    parser.feed(page)
    return parser.words


@pytest.fixture
def head(client: Client) -> Staff:
    load_presets()
    head = StaffFactory.create()
    client.force_login(head)
    return head


@pytest.fixture
def customer(head: Staff) -> Customer:
    customer = CustomerFactory.create(
        tier="T3", tier_rank=3, aum=Decimal(300_000), owner=StaffFactory.create(branch=head.branch), branch=head.branch
    )
    ContactPointFactory.create(customer=customer, value="138")
    operations.refresh_completeness(at=AT)
    operations.check_archives(at=AT)
    operations.draw_weekly(at=AT)
    loss = {"lost_on": date(2026, 11, 22), "cause": "objective", "reason": "随子女迁居"}
    add_paper(model=LossFile, customer=customer, values=loss, actor=head, at=AT)
    return customer


PAGES: dict[str, Callable[[Customer], str]] = {
    "流失客户档案表": lambda customer: reverse(
        "archive:loss-print", args=[customer.pk, LossFile.objects.get(customer=customer).pk]
    ),
    "资料完备": lambda _customer: reverse("quality:archives"),
    "资料问题": lambda _customer: reverse("quality:findings"),
    "档案检查": lambda _customer: reverse("quality:inspection", args=[Inspection.objects.latest("pk").pk]),
    "检查表打印": lambda _customer: (
        reverse("quality:inspection", args=[Inspection.objects.latest("pk").pk]) + "?format=print"
    ),
    "抽取检查": lambda _customer: reverse("quality:draw"),
    "复核规则": lambda _customer: reverse("quality:rules-of", args=["reviews"]),
}


@pytest.mark.parametrize("page", PAGES)
def test_a2_a_page_shows_the_name_of_a_tier_and_not_its_code(page: str, client: Client, customer: Customer) -> None:
    response = client.get(PAGES[page](customer))
    assert response.status_code == 200
    shown = words_of(response.text)
    assert any("金卡" in words for words in shown)
    assert [words for words in shown if words in {"T0", "T1", "T2", "T3", "T4", "T5"}] == []


def test_a2_a_tier_that_no_scheme_knows_stands_for_itself(head: Staff) -> None:
    assert (tiers.tier_name("person", "T3"), tiers.tier_name("person", "old-gold")) == ("金卡", "old-gold")
    assert ("T5", "私享") in tiers.choices()
    assert tiers.name_of_rank(3).startswith("金卡")
    assert tiers.name_of_rank(98) == "98"


def test_a4_rules_of_contact_name_the_classes_of_companies(head: Staff) -> None:
    sentences = [cadence_words(rule) for rule in preset(RuleTopic.CADENCE).rules]
    named = [sentence for sentence in sentences if "一类、二类" in sentence]
    assert named
    assert not [sentence for sentence in sentences if "I、II" in sentence]
