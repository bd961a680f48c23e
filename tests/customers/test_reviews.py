"""A1, updating: periodic, at once for important facts, triggered, and the reminder at the counter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.enums import ArchiveClass, ReviewOutcome, RuleTopic
from keheng.customers.models import Customer, Review
from keheng.customers.policies.reviews import ReviewRules
from keheng.customers.queries.quality_rules import shipped_rules

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
OLD = datetime(2024, 1, 5, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def old(**given: Any) -> Customer:
    customer: Customer = CustomerFactory.create(**given)
    Customer.objects.filter(pk=customer.pk).update(created_at=OLD)
    return customer


def opened() -> list[tuple[int, str, str]]:
    return list(Review.objects.filter(outcome="").order_by("pk").values_list("customer_id", "archive_class", "trigger"))


def test_a1_periods_by_class_and_tier_as_shipped() -> None:
    rules = shipped_rules(RuleTopic.REVIEWS)
    assert isinstance(rules, ReviewRules)
    months = [rules.months_of(ArchiveClass.INFORMATION, rank) for rank in range(-1, 6)]
    assert months == [None, None, 36, 24, 12, 6, 6]
    assert [rules.months_of(ArchiveClass.GRADE, rank) for rank in (2, 3, 5)] == [None, 12, 6]
    assert list(rules.bands())[-1] == ("secrecy", 4, 32_767, 12)


def test_a1_archives_come_due_by_their_period() -> None:
    low, gold = old(tier_rank=1), old(tier_rank=3)
    CustomerFactory.create(tier_rank=5)  # taken in just now
    old(tier_rank=5, status="closed")
    assert operations.open_due_reviews(at=AT) == 2
    assert sorted(opened()) == [(gold.pk, "grade", "periodic"), (gold.pk, "information", "periodic")]
    assert Review.objects.first().due_on == date(2026, 12, 22)  # type: ignore[union-attr]
    assert operations.open_due_reviews(at=AT) == 0  # open already
    assert operations.open_due_reviews(at=AT + timedelta(days=60)) == 1 == len(opened()) - 2
    assert opened()[-1] == (low.pk, "information", "periodic")


def test_a_review_that_reached_the_customer_starts_the_period_again() -> None:
    customer, actor = old(tier_rank=3), StaffFactory.create()
    operations.open_due_reviews(at=AT)
    reached, missed = Review.objects.order_by("archive_class")[::-1]
    operations.close_review(review=reached, outcome=ReviewOutcome.CONFIRMED, actor=actor, at=AT)
    operations.close_review(review=missed, outcome=ReviewOutcome.UNREACHED, actor=actor, at=AT)
    assert operations.open_due_reviews(at=AT + timedelta(days=1)) == 1
    assert opened() == [(customer.pk, missed.archive_class, "periodic")]


def test_decision_22_an_expiring_assessment_opens_a_review_30_days_before() -> None:
    operations.load_questionnaires()
    from tests.customers.test_risk import most  # the boldest answers

    customer = CustomerFactory.create()
    operations.take_assessment(
        customer=customer,
        answers=most(),
        channel="counter",  # type: ignore[arg-type]
        taken_on=date(2026, 1, 10),  # until 2027-01-09
        actor=StaffFactory.create(),
        at=AT,
    )
    assert operations.open_due_reviews(at=AT) == 0
    assert operations.open_due_reviews(at=datetime(2026, 12, 10, 1, tzinfo=UTC)) == 1
    assert (opened(), Review.objects.get().due_on) == ([(customer.pk, "risk", "risk_expiry")], date(2027, 1, 9))


def test_occasions_open_by_set_for_the_tiers_of_their_rule() -> None:
    low, gold, closed = (
        CustomerFactory.create(tier_rank=rank, status=status)
        for rank, status in ((2, "active"), (3, "active"), (4, "closed"))
    )
    keys = [low.pk, gold.pk, closed.pk]
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert operations.open_reviews(trigger="contact", customer_ids=keys, at=AT) == 1
    assert len(few) == 2  # the rules, and one statement
    assert operations.open_reviews(trigger="contact", customer_ids=keys, at=AT) == 0
    assert operations.open_reviews(trigger="unheard_of", customer_ids=keys, at=AT) == 0
    assert opened() == [(gold.pk, "information", "contact")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"occupation": "企业主"}, [("risk", "occupation")]),
        ({"investments": ["funds"]}, [("risk", "preference")]),
        ({"native_place": "浙江温州"}, []),
    ],
)
def test_a1_a_change_of_occupation_or_preference_calls_for_another_assessment(
    facts: dict[str, Any], expected: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    customer, actor = CustomerFactory.create(tier_rank=3), StaffFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        operations.change_customer(customer=customer, facts=facts, actor=actor, at=AT)
    assert [(archive_class, trigger) for _key, archive_class, trigger in opened()] == expected


def test_a1_a_phone_changed_by_another_than_the_owner_is_looked_at_again(
    django_capture_on_commit_callbacks: Any,
) -> None:
    owner, teller = StaffFactory.create(), StaffFactory.create()
    mine, theirs = (CustomerFactory.create(tier_rank=4, owner=owner) for _ in range(2))
    for customer, actor in ((mine, owner), (theirs, teller)):
        with django_capture_on_commit_callbacks(execute=True):
            operations.set_contact_point(
                customer=customer,
                kind="mobile",  # type: ignore[arg-type]
                value="13812345678",
                actor=actor,
                at=AT,
            )
    assert opened() == [(theirs.pk, "information", "contact")]


def test_a1_the_reminder_at_the_counter_waits_there_and_is_closed_with_a_result() -> None:
    customer, actor = CustomerFactory.create(), StaffFactory.create(name="林建峰")
    given: dict[str, Any] = {"customer": customer, "at_counter": True, "actor": actor, "at": AT}
    with pytest.raises(ValidationError, match="Say what"):
        operations.ask_for_review(note=" ", **given)
    review = operations.ask_for_review(note="手机号已停机，请客户更新", fields=["mobile"], **given)
    with pytest.raises(ValidationError, match="already"):
        operations.ask_for_review(note="再提醒", **given)
    assert (review.at_counter, review.opened_by, review.due_on) == (True, "林建峰", date(2027, 2, 20))
    teller = StaffFactory.create(permissions=["customers.view", "customers.edit"])
    operations.close_review(review=review, outcome=ReviewOutcome.UPDATED, actor=teller, at=AT)
    with pytest.raises(ValidationError, match="already"):
        operations.close_review(review=review, outcome=ReviewOutcome.DECLINED, actor=teller, at=AT)


def test_who_may_not_edit_neither_asks_nor_closes() -> None:
    customer, reader = CustomerFactory.create(), StaffFactory.create(permissions=["customers.view"])
    with pytest.raises(PermissionDenied):
        operations.ask_for_review(customer=customer, note="更新", actor=reader, at=AT)
    operations.open_reviews(trigger="risk_expiry", customer_ids=[customer.pk], at=AT)
    with pytest.raises(PermissionDenied):
        operations.close_review(review=Review.objects.get(), outcome=ReviewOutcome.CONFIRMED, actor=reader, at=AT)


def test_the_rules_are_data_with_versions() -> None:
    customer, actor = CustomerFactory.create(tier_rank=1), StaffFactory.create()
    content = shipped_rules(RuleTopic.REVIEWS).model_dump(mode="json")
    for occasion in content["occasions"]:
        occasion["from_rank"] = 0
    operations.change_quality_rules(topic=RuleTopic.REVIEWS, content=content, reason="全部客户", actor=actor, at=AT)
    assert operations.open_reviews(trigger="contact", customer_ids=[customer.pk], at=AT) == 1
    content["periods"].append(content["periods"][0])
    with pytest.raises(ValidationError, match="twice"):
        operations.change_quality_rules(topic=RuleTopic.REVIEWS, content=content, reason="错", actor=actor, at=AT)


def test_a_feed_that_changes_the_phone_opens_a_review() -> None:
    from tests.customers.test_provenance import fed_contacts

    customer = CustomerFactory.create(tier_rank=4)
    ContactPointFactory.create(customer=customer)
    fed_contacts(customer, "mobile", "13987654321")
    assert opened() == [(customer.pk, "information", "contact")]
