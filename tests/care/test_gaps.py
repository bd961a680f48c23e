"""Which customers need an owner by name, what is a gap, and who is told of it when (A3)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from tests.care.conftest import AT, TODAY, MakeCustomer

from keheng.care.enums.tasks import RuleTopic
from keheng.care.models import CoverPeriod
from keheng.care.operations.assignment_rules import change_rules as change_assignment_rules
from keheng.care.operations.ownership import follow_owners
from keheng.care.operations.reminding_of_gaps import GAPS, GAPS_ESCALATED, remind_of_gaps
from keheng.care.operations.rules import change_rules
from keheng.care.queries.assignment import preset, rules_in_force
from keheng.care.queries.oversight import Missing, missing_counts, without_care
from keheng.care.queries.ownerless import without_name
from keheng.care.queries.rules import supervision_rules
from keheng.common import clock
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.notices.models import Notice


@pytest.mark.parametrize(
    ("scheme", "by_name"),
    [
        ("bank-retail", {"T3", "T4", "T5"}),
        ("bank-retail-wealth", {"W1", "W2", "W3", "W4"}),
        ("futures", {"diamond", "colour-gold"}),
        ("securities-card", {"platinum", "gold-card"}),
        ("corporate-class", {"I", "II", "III"}),
    ],
)
def test_a3_004a_from_200k_on_each_customer_has_one_owner_by_name(scheme: str, by_name: set[str]) -> None:
    """[004a]: ≥ 20万 each by a relationship manager; below, the counters. [004b]: all from 5万 on go to named users."""
    assert {rule.tier for rule in preset().tiers if rule.scheme == scheme and rule.by_name} == by_name


def born(customer: Customer, days: int) -> Customer:
    """As if the customer had become known so many days ago."""
    Customer.objects.filter(pk=customer.pk).update(created_at=AT - timedelta(days=days))
    return customer


def test_each_number_of_the_page_opens_exactly_its_list(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    needed = make("T3")
    counter = [make("T2"), make("T1", branch=bank.other)]
    left = make("T2", bank.manager)
    make("T4", bank.second)
    make("T3", branch=bank.other, status="closed")
    today = clock.today()
    CoverPeriod.objects.create(
        staff=bank.manager, days=(today, today + timedelta(days=2)), set_by=bank.head, set_at=clock.now()
    )
    client.force_login(bank.president)
    page = client.get(reverse("care:oversight"))
    assert page.context["missing"] == {"owner": 1, "away": 1, "counter": 2}
    content = page.content.decode()
    for why, customers in ((Missing.OWNER, [needed]), (Missing.AWAY, [left]), (Missing.COUNTER, counter)):
        url = f"{reverse('care:orphans')}?missing={why}"
        assert url in content
        rows = client.get(url).context["rows"]
        assert {row["label"] for row in rows} == {one.name for one in customers}
    gaps = client.get(f"{reverse('care:orphans')}?missing=owner&missing=away")
    assert len(gaps.context["rows"]) == 2
    pool = client.get(f"{reverse('care:pool')}?by_name=true")
    assert [row["label"] for row in pool.context["rows"]] == [needed.name]


def test_companies_need_a_name_by_their_class_and_a_changed_rule_counts_at_once(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    make("T1", kind=CustomerKind.COMPANY)
    low = make("T2")
    assert not without_name().exists(), "a company without a class has no rule"
    content = rules_in_force().rules.model_dump(mode="json")
    for rule in content["tiers"]:
        rule["by_name"] |= rule["tier"] == "T2"
    change_assignment_rules(content=content, reason="全部到人", actor=bank.office, at=AT)
    assert list(without_name()) == [low]
    assert missing_counts(bank.head, TODAY) == {"owner": 1, "away": 0, "counter": 1}


def told(kind: str) -> dict[int, str]:
    return dict(Notice.objects.filter(kind=kind).values_list("staff_id", "title"))


def test_a3_customers_without_the_owner_they_need_are_told_to_the_head_and_after_a_month_to_the_next(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    """[004b1]: customers are assigned within one month."""
    rules = supervision_rules().gaps
    assert (rules.owner_after, rules.owner_escalate) == (3, 30)
    born(make("T3"), 3)
    born(make("T3"), 2)
    born(make("T2"), 90)
    born(make("T4", branch=bank.other), 30)
    assert remind_of_gaps(at=AT) == 3
    assert told(GAPS)[bank.head.pk].startswith("1 位客户")
    assert bank.supervisor.pk not in told(GAPS), "one head of each place"
    assert told(GAPS)[bank.president.pk].startswith("2 位客户"), "the nearest head of the other outlet, whole scope"
    assert [title[:5] for title in told(GAPS_ESCALATED).values()] == ["1 位客户"]
    assert set(told(GAPS_ESCALATED)) == {bank.office.pk}
    notice = Notice.objects.get(kind=GAPS, staff=bank.president)
    assert notice.url == f"{reverse('care:orphans')}?missing=owner&lasting=3"


def test_the_list_of_a_reminder_holds_as_many_as_it_says(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    for days in (0, 2, 3, 40):
        customer = make("T3")
        Customer.objects.filter(pk=customer.pk).update(created_at=clock.now() - timedelta(days=days))
    remind_of_gaps(at=clock.now())
    notice = Notice.objects.get(kind=GAPS, staff=bank.head)
    client.force_login(bank.head)
    assert notice.title.startswith("2 位客户")
    assert len(client.get(notice.url).context["rows"]) == 2


def test_a_customer_given_up_yesterday_is_no_old_gap(bank: SimpleNamespace, make: MakeCustomer) -> None:
    """The days count from the end of the last owner's period, not from when the customer became known."""
    customer = born(make("T3", bank.manager), 400)
    Customer.objects.filter(pk=customer.pk).update(owner=None)
    follow_owners(customer_ids=[customer.pk], at=AT - timedelta(days=1))
    assert remind_of_gaps(at=AT) == 0
    assert remind_of_gaps(at=AT + timedelta(days=2)) == 1


@pytest.mark.parametrize(
    ("begins", "near", "above"),
    [(4, False, False), (3, True, False), (0, True, False), (-1, True, True), (-9, True, True)],
)
def test_a3_an_absence_without_cover_is_told_before_it_begins_and_higher_up_when_it_lasts(
    bank: SimpleNamespace, make: MakeCustomer, begins: int, near: bool, above: bool
) -> None:
    make("T3", bank.manager)
    first = TODAY + timedelta(days=begins)
    CoverPeriod.objects.create(
        staff=bank.manager, days=(first, TODAY + timedelta(days=20)), set_by=bank.head, set_at=AT
    )
    remind_of_gaps(at=AT)
    assert (set(told(GAPS)) == {bank.head.pk}) is near
    assert (set(told(GAPS_ESCALATED)) == {bank.president.pk}) is above


def test_the_days_are_rules_that_people_change(bank: SimpleNamespace, make: MakeCustomer) -> None:
    born(make("T3"), 5)
    content = supervision_rules().model_dump(mode="json")
    content["gaps"] |= {"owner_after": 6, "owner_escalate": 6}
    change_rules(topic=RuleTopic.SUPERVISION, content=content, reason="放宽", actor=bank.office, at=AT)
    assert remind_of_gaps(at=AT) == 0
    assert remind_of_gaps(at=AT + timedelta(days=1)) == 2


def test_queries_of_the_reminder_do_not_grow_with_places(
    bank: SimpleNamespace, make: MakeCustomer, django_assert_max_num_queries: object
) -> None:
    for branch in (bank.outlet, bank.other, bank.branch):
        born(make("T3", branch=branch), 50)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        remind_of_gaps(at=AT)
    assert without_care(bank.president, date(2026, 11, 22)).count() == 3
