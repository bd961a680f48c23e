"""The desk for personal information: consents, contacts, requests of data subjects, erasing (PIPL, A1 不愿打扰)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import AccountFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import (
    CaseKind,
    CaseState,
    ConsentHow,
    CustomerStatus,
    FileForm,
    HandoutState,
    IdentityProof,
    RiskLevel,
    RuleTopic,
)
from keheng.customers.models import (
    AutomatedRefusal,
    Consent,
    ContactPoint,
    Customer,
    Handout,
    ImpactAssessment,
    PrivacyCase,
)
from keheng.customers.models import CustomerEvent as _Event  # type: ignore[attr-defined]
from keheng.customers.operations import cases, change_customer, handouts
from keheng.customers.operations.consent import record_consent
from keheng.customers.policies.consent import Anchor, Clock, PrivacyRules, RetentionRule, suits
from keheng.customers.policies.rights import Anchored, due_on, extended_due, standing_rules
from keheng.customers.privacy import erasure
from keheng.customers.queries.consent import consents_of, contact_rows, contactable, may_contact
from keheng.customers.queries.privacy import refuses_automated, without_automated_refusal
from keheng.customers.queries.retention import retention_of
from keheng.customers.queries.rules import preset
from keheng.org.models import Staff
from keheng.portfolio.models import Account

RULES = preset(RuleTopic.PRIVACY)
assert isinstance(RULES, PrivacyRules)
WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)
NUMBER = "11010519491231002X"
PHONE = "13812345678"


@pytest.fixture
def officer(db: None) -> Staff:
    return StaffFactory.create(name="钱安全")


def agreed(customer: Customer, officer: Staff, channels: list[str], **changes: Any) -> Consent | None:
    given_: dict[str, Any] = {"purpose": "marketing", "how": ConsentHow.COUNTER, "at": clock.now()} | changes
    return record_consent(customer=customer, channels=channels, actor=officer, **given_)


def asked(customer: Customer, kind: CaseKind, officer: Staff, at: datetime | None = None) -> PrivacyCase:
    proof = IdentityProof.DOCUMENT
    return cases.open_case(customer=customer, kind=kind, proof=proof, actor=officer, at=at or clock.now())


# -- consent ----------------------------------------------------------------------------------------------------------


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


# -- clocks and retention, pure ---------------------------------------------------------------------------------------


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
    cases.refuse_automated(case=asked(refusing, CaseKind.AUTOMATED, officer), actor=officer, at=clock.now())
    assert refuses_automated(refusing)
    assert list(without_automated_refusal(Customer.objects.all())) == [other]
    cases.allow_automated(customer=refusing, actor=officer, at=clock.now())
    assert not AutomatedRefusal.objects.exists()


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


# -- erasing ----------------------------------------------------------------------------------------------------------


def erasable(officer: Staff) -> Customer:
    """Closed eleven years ago, with traces everywhere."""
    customer = CustomerFactory.create(
        name="欧阳若兰", id_kind="resident", id_number=NUMBER, birth_date=date(1949, 12, 31), aum=1000
    )
    ContactPointFactory.create(customer=customer, value=PHONE)
    change_customer(customer=customer, facts={"occupation": "画家"}, actor=officer, at=clock.now())
    agreed(customer, officer, ["sms"])
    account = AccountFactory.create(customer=customer, number="6228480000000012345")
    Account.objects.filter(pk=account.pk).update(status="closed", closed_on=date(2015, 3, 1), balance=5)
    change_customer(customer=customer, facts={"status": "closed"}, actor=officer, at=clock.now())
    _Event.objects.filter(pgh_obj=customer).update(pgh_created_at=datetime(2015, 3, 2, tzinfo=UTC))
    return Customer.objects.get(pk=customer.pk)


def traces(*values: str) -> list[str]:
    """The tables in which one of the values still stands in the clear, in any column."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'"
                       " and table_type = 'BASE TABLE'")  # fmt: skip
        for (table,) in cursor.fetchall():
            for value in values:
                cursor.execute(f'select 1 from "{table}" t where t::text like %s limit 1', [f"%{value}%"])
                if cursor.fetchone():
                    found.append(f"{table}: {value}")
    return found


def test_pipl_47_a_standing_rule_refuses_and_is_shown_with_its_end(officer: Staff) -> None:
    customer = CustomerFactory.create()
    case = asked(customer, CaseKind.DELETION, officer)
    assert [standing.until for standing in retention_of(customer, clock.today())] == [None]
    with pytest.raises(ValidationError, match="客户身份资料"):
        cases.erase_subject(case=case, actor=officer, at=clock.now())
    change_customer(customer=customer, facts={"status": "closed"}, actor=officer, at=clock.now())
    (standing,) = retention_of(Customer.objects.get(pk=customer.pk), clock.today())
    today = clock.today()
    assert standing.until == today.replace(year=today.year + 10)
    AccountFactory.create(customer=customer)
    rules = [found.rule.code for found in retention_of(Customer.objects.get(pk=customer.pk), today)]
    assert rules == ["transactions", "identity"]
    assert Customer.objects.get(pk=customer.pk).name == "黄雅琴"


def test_pipl_47_erasing_leaves_no_trace_but_the_figures(officer: Staff) -> None:
    customer = erasable(officer)
    number = customer.number
    assert traces("欧阳若兰", "画家", number)
    case = asked(customer, CaseKind.DELETION, officer)
    cases.erase_subject(case=case, actor=officer, at=clock.now())
    assert traces("欧阳若兰", "画家", number) == []
    after = Customer.objects.get(pk=customer.pk)
    assert (after.name, after.id_number, after.birth_date, after.aum) == ("已匿名客户", None, None, 1000)
    assert not ContactPoint.objects.filter(customer=customer).exists()
    assert not Consent.objects.filter(customer=customer).exists()
    account = Account.objects.get(customer=customer)
    assert (account.number, account.balance) == ("", 5)
    assert PrivacyCase.objects.get(pk=case.pk).state == CaseState.GRANTED
    entry = Entry.objects.get(action="customers.anonymise")
    assert entry.detail == {"count": 1}


@pytest.mark.django_db(transaction=True)
def test_interrupted_at_any_table_nothing_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    officer = StaffFactory.create()
    customer = erasable(officer)
    case = asked(customer, CaseKind.DELETION, officer)
    tables = sorted(erasure.erased_tables())
    before = traces("欧阳若兰", "画家", customer.number)
    real = dict(erasure._erasures)
    for table in tables:
        broken = erasure.Erasure(table, "select 1 / 0 where %(ids)s is not null", real[table].order)
        monkeypatch.setitem(erasure._erasures, table, broken)
        with pytest.raises(Exception, match="zero"):
            cases.erase_subject(case=case, actor=officer, at=clock.now())
        monkeypatch.setitem(erasure._erasures, table, real[table])
        assert PrivacyCase.objects.get(pk=case.pk).state == CaseState.OPEN
    assert traces("欧阳若兰", "画家", customer.number) == before


def test_every_sealed_value_of_a_customer_is_answered_for() -> None:
    """A module that keeps a sealed value beside a customer says how it is erased."""
    kept_of_companies = {"customers_keycontact"}  # people of companies, whose archives are not erased
    missing = []
    for model in apps.get_models():
        sealed = any(isinstance(field, EncryptedTextField) for field in model._meta.local_fields)
        of_customer = model is Customer or any(
            field.is_relation and field.related_model is Customer for field in model._meta.local_fields
        )
        if sealed and of_customer and model._meta.db_table not in erasure.erased_tables() | kept_of_companies:
            missing.append(model._meta.label)
    assert missing == []


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_tab_records_and_shows(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    ContactPointFactory.create(customer=customer)
    url = reverse("archive:consent-tab", args=[customer.pk])
    assert client.get(url).status_code == 200
    data = {"purpose": "marketing", "channels": ["sms"], "how": "counter", "evidence": "KH0007"}
    page = client.post(url, data).content.decode()
    assert "KH0007" in page
    assert Consent.objects.get().channels == ["sms"]
    refused = client.post(url, {"purpose": "care", "how": "counter"})
    assert refused.context["form"].errors["channels"]


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_request_has_its_page(client: Client, officer: Staff, kind: CaseKind) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    data = {"kind": kind.value, "proof": "document", "wish": ""}
    answer = client.post(reverse("archive:case-new") + f"?customer={customer.pk}", data)
    case = PrivacyCase.objects.get()
    assert answer["Location"] == reverse("archive:case", args=[case.pk])
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert bool(page.context["standing"]) is (kind == CaseKind.DELETION)
    action = {"access": "copy", "correction": "correct", "deletion": "erase", "automated": "automated",
              "explanation": "answer"}[kind.value]  # fmt: skip
    given_ = {"form": "pdf", "field": "occupation", "value": "医生", "outcome": "granted", "answer": "已说明"}
    done = client.post(answer["Location"], {"action": action, **given_})
    assert done.status_code == (200 if kind == CaseKind.DELETION else 302)
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    assert client.get(answer["Location"]).status_code == 403


def test_the_list_costs_the_same_for_one_row_and_for_three(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            asked(CustomerFactory.create(), CaseKind.ACCESS, officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("archive:cases"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_rules_are_changed_on_their_page_and_a_new_wording_is_a_new_version(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    agreed(customer, officer, ["sms"])
    form = client.get(reverse("archive:privacy-rules")).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"reason": "修订告知书", "text-marketing": "新的告知内容。", "days-access": "10"}
    data |= {"new_code": "club", "new_name": "会员活动", "new_text": "邀请您参加会员活动。"}
    answer = client.post(reverse("archive:privacy-rules"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    state = next(state for state in consents_of(customer) if state.purpose.code == "marketing")
    assert (state.purpose.version, state.outdated) == (2, True)
    assert any(state.purpose.code == "club" for state in consents_of(customer))
    assert agreed(customer, officer, ["sms"]) is not None
