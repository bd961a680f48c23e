"""Consents, and whom they let be contacted (PIPL 13–16, 29, 31; A1 不愿打扰)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.customers.privacy_acts import agreed
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.enums import ConsentHow, CustomerStatus, RuleTopic
from keheng.customers.models import Consent, Customer
from keheng.customers.policies.consent import PrivacyRules, suits
from keheng.customers.queries.consent import consents_of, contact_rows, contactable, may_contact
from keheng.customers.queries.rules import preset
from keheng.org.models import Staff

RULES = preset(RuleTopic.PRIVACY)
assert isinstance(RULES, PrivacyRules)
WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)


def test_every_act_is_kept_and_the_last_one_counts(officer: Staff) -> None:
    customer = CustomerFactory.create()
    agreed(customer, officer, ["sms", "phone"], evidence="KH0001")
    assert agreed(customer, officer, ["phone", "sms"]) is None
    agreed(customer, officer, ["sms"], how=ConsentHow.MESSAGE)
    agreed(customer, officer, [], how=ConsentHow.APP)
    acts = list(Consent.objects.filter(customer=customer).order_by("pk"))
    assert [act.channels for act in acts] == [["phone", "sms"], ["sms"], []]
    assert [act.superseded_at is None for act in acts] == [False, False, True]
    state = next(state for state in consents_of(customer) if state.purpose.code == "marketing")
    assert state.consent is not None
    assert state.channels == []
    actions = list(Entry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["customers.consent", "customers.consent", "customers.withdraw_consent"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "service"}, "purpose"),
        ({"purpose": "nonsense"}, "purpose"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"channels": []}, "channels"),
    ],
)
def test_what_is_no_consent_is_refused(officer: Staff, changes: dict[str, Any], field: str) -> None:
    channels = changes.pop("channels", ["sms"])
    with pytest.raises(ValidationError) as refused:
        agreed(CustomerFactory.create(), officer, channels, **changes)
    assert field in refused.value.message_dict
    assert not Consent.objects.exists()


def test_pipl_31_for_a_child_under_14_the_guardian_consents(officer: Staff) -> None:
    today = clock.today()
    child = CustomerFactory.create(birth_date=today.replace(year=today.year - 14) + timedelta(days=1))
    with pytest.raises(ValidationError) as refused:
        agreed(child, officer, ["sms"])
    assert "guardian" in refused.value.message_dict
    act = agreed(child, officer, ["sms"], guardian="黄建国")
    assert act is not None
    with connection.cursor() as cursor:
        cursor.execute("select guardian from customers_consent where id = %s", [act.pk])
        assert "黄建国".encode() not in bytes(cursor.fetchone()[0])
    fourteen = CustomerFactory.create(birth_date=today.replace(year=today.year - 14))
    assert agreed(fourteen, officer, ["sms"])
    agreed(child, officer, [])  # to withdraw needs nobody


def test_consents_are_recorded_by_who_may(officer: Staff) -> None:
    reader = StaffFactory.create(permissions=["customers.view"])
    with pytest.raises(PermissionDenied):
        agreed(CustomerFactory.create(), reader, ["sms"])


def test_pipl_29_sensitive_data_and_sharing_are_asked_for_separately() -> None:
    separate = {purpose.code for purpose in RULES.purposes if purpose.separate}
    assert separate == {"profiling", "sharing", "sensitive"}
    assert RULES.guardian_below == 14


# -- contacts ---------------------------------------------------------------------------------------------------------


def reachable(officer: Staff, **facts: Any) -> Customer:
    preferred = facts.pop("preferred_time", "")
    customer = CustomerFactory.create(**facts)
    ContactPointFactory.create(customer=customer, preferred_time=preferred)
    agreed(customer, officer, ["sms"])
    return customer


@pytest.mark.parametrize(
    ("facts", "purpose", "channel", "today", "may"),
    [
        ({}, "marketing", "sms", WEDNESDAY, True),
        ({}, "marketing", "phone", WEDNESDAY, False),  # agreed to text messages only
        ({}, "care", "sms", WEDNESDAY, False),  # another purpose
        ({}, "marketing", "email", WEDNESDAY, False),
        ({}, "service", "sms", WEDNESDAY, True),
        ({}, "service", "email", WEDNESDAY, False),  # no address on file
        ({"do_not_disturb": True}, "marketing", "sms", WEDNESDAY, False),
        ({"do_not_disturb": True}, "service", "sms", WEDNESDAY, True),
        ({"status": CustomerStatus.CLOSED}, "marketing", "sms", WEDNESDAY, False),
        ({"status": CustomerStatus.CLOSED}, "safety", "sms", WEDNESDAY, True),
        ({"preferred_time": "周末"}, "marketing", "sms", WEDNESDAY, False),
        ({"preferred_time": "周末"}, "marketing", "sms", SATURDAY, True),
        ({"preferred_time": "周末"}, "service", "sms", WEDNESDAY, True),
        ({"preferred_time": "工作日 18:00 后"}, "marketing", "sms", WEDNESDAY, True),
        ({"preferred_time": "工作日 18:00 后"}, "marketing", "sms", SATURDAY, False),
        ({"preferred_time": "晚上"}, "marketing", "sms", SATURDAY, True),
        ({}, "unknown", "sms", WEDNESDAY, False),
        ({}, "marketing", "unknown", WEDNESDAY, False),
    ],
)
def test_a1_may_contact_says_the_same_for_one_and_for_a_set(
    officer: Staff, facts: dict[str, Any], purpose: str, channel: str, today: date, may: bool
) -> None:
    customer = reachable(officer, **facts)
    reason = may_contact(customer, purpose, channel, today)
    assert (reason == "") is may, reason
    found = contactable(Customer.objects.all(), purpose, channel, today)
    assert list(found) == ([customer] if may else [])
    for row in contact_rows(customer, today):
        if row.purpose.code == purpose:
            for way, words in zip(RULES.channels, row.reasons, strict=True):
                assert way.code != channel or words == reason


@given(
    preferred=st.sampled_from(
        ["", "周三", "周一至周五", "周一、周三", "星期六", "礼拜日", "周末", "双休日", "工作日", "周四到周日", "上午"]
    ),
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_preferred_days_mean_what_they_say(preferred: str, day: date) -> None:
    allowed = {
        "周三": {2}, "周一至周五": {0, 1, 2, 3, 4}, "周一、周三": {0, 2}, "星期六": {5}, "礼拜日": {6}, "周末": {5, 6},
        "双休日": {5, 6}, "工作日": {0, 1, 2, 3, 4}, "周四到周日": {3, 4, 5, 6},
    }  # fmt: skip
    assert suits(preferred, day) is (day.weekday() in allowed.get(preferred, set(range(7))))


def test_a_set_is_one_query_however_many(officer: Staff, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        reachable(officer)
    with django_assert_num_queries(2):  # the version of the rules, and the set
        assert contactable(Customer.objects.all(), "marketing", "sms", WEDNESDAY).count() == 3
