"""The desk for personal information: requests of people, their clocks, what carries them out (PIPL 24, 44–56)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st
from tests.customers.privacy_acts import agreed, asked
from tests.factories import AccountFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.enums import CaseKind, CaseState, FileForm, HandoutState, RiskLevel, RuleTopic
from keheng.customers.models import AutomatedRefusal, ContactPoint, Customer, Handout, ImpactAssessment
from keheng.customers.operations import cases, handouts
from keheng.customers.policies.consent import Anchor, Clock, PrivacyRules, RetentionRule
from keheng.customers.policies.rights import Anchored, due_on, extended_due, standing_rules
from keheng.customers.queries.privacy import refuses_automated, taken_back, without_automated_refusal
from keheng.customers.queries.rules import preset
from keheng.org.models import Staff

RULES = preset(RuleTopic.PRIVACY)
assert isinstance(RULES, PrivacyRules)
NUMBER = "11010519491231002X"
PHONE = "13812345678"


def test_the_clocks_are_those_of_the_rules() -> None:
    received = date(2026, 11, 22)
    assert {kind.value: (clock_.days, clock_.extension) for kind, clock_ in RULES.clocks.items()} == {
        "access": (15, 15), "correction": (15, 15), "deletion": (15, 15), "automated": (7, 0), "explanation": (15, 15),
    }  # fmt: skip
    assert due_on(received, Clock(days=15, extension=15)) == date(2026, 12, 7)
    assert extended_due(received, Clock(days=15, extension=15)) == date(2026, 12, 22)


@given(ended=st.dates(date(2000, 1, 1), date(2030, 1, 1)), years=st.integers(0, 30), passed=st.integers(0, 20_000))
def test_a_rule_stands_until_its_day_and_not_after(ended: date, years: int, passed: int) -> None:
    rule = RetentionRule(code="kyc", name="客户身份资料", source="法", anchor=Anchor.RELATIONSHIP, years=years)
    today = ended + timedelta(days=passed)
    found = standing_rules([rule], {Anchor.RELATIONSHIP: Anchored(ended_on=ended)}, today)
    try:
        last = ended.replace(year=ended.year + years)
    except ValueError:
        last = date(ended.year + years, 2, 28)
    assert [standing.until for standing in found] == ([last] if today <= last else [])
    assert standing_rules([rule], {Anchor.RELATIONSHIP: Anchored(goes_on=True)}, today)[0].until is None


# -- requests ---------------------------------------------------------------------------------------------------------


def test_a_request_runs_against_its_clock_and_is_extended_once(officer: Staff) -> None:
    received = datetime(2026, 11, 22, 17, tzinfo=UTC)  # the 23rd in Shanghai
    case = asked(CustomerFactory.create(), CaseKind.ACCESS, officer, received)
    assert (case.number, case.due_on) == ("G261123-0001", date(2026, 12, 8))
    case = cases.extend_case(case=case, reason="档案跨机构", actor=officer, at=received)
    assert case.due_on == date(2026, 12, 23)
    with pytest.raises(ValidationError):
        cases.extend_case(case=case, reason="再延", actor=officer, at=received)
    automated = asked(CustomerFactory.create(), CaseKind.AUTOMATED, officer, received)
    with pytest.raises(ValidationError):
        cases.extend_case(case=automated, reason="延", actor=officer, at=received)


def test_only_one_open_request_of_a_kind_and_only_by_the_desk(officer: Staff) -> None:
    customer = CustomerFactory.create()
    asked(customer, CaseKind.ACCESS, officer)
    with pytest.raises(ValidationError):
        asked(customer, CaseKind.ACCESS, officer)
    with pytest.raises(PermissionDenied):
        asked(customer, CaseKind.CORRECTION, StaffFactory.create(permissions=["customers.view"]))
    company = CustomerFactory.create(kind="company", name="温州鑫恒鞋业有限公司")
    with pytest.raises(ValidationError):
        asked(company, CaseKind.DELETION, officer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FileForm)
def test_pipl_45_the_copy_holds_everything_whole(officer: Staff, form: FileForm) -> None:
    customer = CustomerFactory.create(id_kind="resident", id_number=NUMBER, occupation="教师")
    ContactPointFactory.create(customer=customer, value=PHONE)
    AccountFactory.create(customer=customer, number="6228480000000012345")
    agreed(customer, officer, ["sms"])
    case = asked(customer, CaseKind.ACCESS, officer)
    with pytest.raises(ValidationError):
        cases.answer_case(case=case, outcome=CaseState.GRANTED, answer="已提供", actor=officer, at=clock.now())
    handout = cases.give_copy(case=case, form=form, actor=officer, at=clock.now())
    ready = handouts.make(handout=Handout.objects.get(pk=handout.pk), now=clock.now)
    assert ready.state == HandoutState.READY
    content = handouts.fetch(handout=ready, actor=officer, at=clock.now())
    match form:
        case FileForm.PDF:
            assert content.startswith(b"%PDF")
            assert b"STSong-Light" in content
        case FileForm.XLSX:
            assert content.startswith(b"PK")
        case FileForm.JSON:
            told = json.dumps(json.loads(content), ensure_ascii=False)
            for value in (NUMBER, PHONE, "6228480000000012345", "教师", "黄雅琴", "产品与活动推介", "钱安全"):
                assert value in told
    closed = cases.answer_case(case=case, outcome=CaseState.GRANTED, answer="已提供副本", actor=officer, at=clock.now())
    assert closed.state == CaseState.GRANTED


def test_pipl_46_a_correction_changes_the_archive_and_keeps_no_value_in_the_request(officer: Staff) -> None:
    customer = CustomerFactory.create(occupation="教师")
    case = asked(customer, CaseKind.CORRECTION, officer)
    with pytest.raises(ValidationError):
        cases.correct(case=case, field="mobile", value="1381234", actor=officer, at=clock.now())
    done = cases.correct(case=case, field="mobile", value=PHONE, actor=officer, at=clock.now())
    assert done.state == CaseState.GRANTED
    assert ContactPoint.objects.get(customer=customer).value == PHONE
    assert PHONE not in json.dumps(list(Entry.objects.values("detail", "reason")), default=str)
    with pytest.raises(ValidationError):
        cases.correct(case=case, field="mobile", value=PHONE, actor=officer, at=clock.now())


def test_pipl_24_a_refusal_of_automated_decisions_is_asked_for_by_others(officer: Staff) -> None:
    refusing, other = CustomerFactory.create(), CustomerFactory.create()
    case = cases.refuse_automated(case=asked(refusing, CaseKind.AUTOMATED, officer), actor=officer, at=clock.now())
    assert refuses_automated(refusing)
    assert list(without_automated_refusal(Customer.objects.all())) == [other]
    assert taken_back(case) is None


def test_pipl_24_only_the_customers_wish_takes_the_refusal_back_with_a_reason_in_the_trail(officer: Staff) -> None:
    customer = CustomerFactory.create()
    case = cases.refuse_automated(case=asked(customer, CaseKind.AUTOMATED, officer), actor=officer, at=clock.now())
    with pytest.raises(ValidationError) as refused:
        cases.allow_automated(customer=customer, reason="  ", actor=officer, at=clock.now())
    assert "reason" in refused.value.message_dict
    reader = StaffFactory.create(permissions=["customers.view", "customers.edit"])
    with pytest.raises(PermissionDenied):
        cases.allow_automated(customer=customer, reason="客户要求", actor=reader, at=clock.now())
    assert refuses_automated(customer)
    cases.allow_automated(customer=customer, reason="柜面书面撤回 KH0012", actor=officer, at=clock.now())
    assert not AutomatedRefusal.objects.exists()
    acts = Entry.objects.filter(target_type="customers.customer", target_id=customer.pk).order_by("pk")
    assert list(acts.values_list("action", "reason", "actor_name")) == [
        ("customers.refuse_automated", case.number, "钱安全"),
        ("customers.allow_automated", "柜面书面撤回 KH0012", "钱安全"),
    ]
    assert taken_back(case) == acts.last()
    with pytest.raises(ValidationError, match="没有拒绝"):
        cases.allow_automated(customer=customer, reason="再次", actor=officer, at=clock.now())
    again = cases.refuse_automated(case=asked(customer, CaseKind.AUTOMATED, officer), actor=officer, at=clock.now())
    assert taken_back(again) is None  # what was taken back before was another refusal


def test_pipl_56_an_assessment_is_kept_three_years_at_least(officer: Staff) -> None:
    given_: dict[str, Any] = dict.fromkeys(("title", "processing", "necessity", "risks", "measures"), "说明")
    made = cases.assess_impact(
        **given_, level=RiskLevel.LOW, assessed_on=date(2024, 2, 29), actor=officer, at=clock.now()
    )
    assert made.keep_until == date(2027, 2, 28)
    with pytest.raises(TypeError):
        made.save()
    future = clock.today() + timedelta(days=1)
    with pytest.raises(ValidationError):
        cases.assess_impact(**given_, level=RiskLevel.LOW, assessed_on=future, actor=officer, at=clock.now())
    assert ImpactAssessment.objects.count() == 1
