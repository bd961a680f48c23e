"""The pages of contacts, compliance, rules and drafted messages: who sees them and what they say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from tests.care import bank
from tests.factories import CustomerFactory, StaffFactory

from keheng.care.enums.tasks import MessageState, RuleTopic, TaskKind, TaskState
from keheng.care.models import Contact, Message, RuleVersion, Task
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.messages import close_message
from keheng.care.operations.planning import plan_day
from keheng.care.operations.rules import change_rule
from keheng.care.queries.rules import cadence_rules, occasion_rules, preset
from keheng.care.reading import cadence_words, occasion_words
from keheng.care.wording import Sentences
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def manager(db: None) -> Staff:
    return StaffFactory.create(
        scope=DataScope.OWN, permissions=("care.view", "care.log", "customers.view", "customers.reveal")
    )


@pytest.fixture
def customer(manager: Staff) -> Customer:
    return CustomerFactory.create(owner=manager, branch=manager.branch)


def test_the_tab_shows_finds_and_corrects(client: Client, manager: Staff, customer: Customer) -> None:
    client.force_login(manager)
    for note in ("想换美元", "问了信用卡"):
        log_contact(customer=customer, channel="phone", outcome="talked", note=note, actor=manager, at=clock.now())
    page = client.get(f"/care/customers/{customer.pk}/contacts/").content.decode()
    assert "想换美元" in page
    assert "问了信用卡" in page
    found = client.post(f"/care/customers/{customer.pk}/contacts/", {"words": "美元"}).content.decode()
    assert "问了信用卡" not in found
    contact = Contact.objects.first()
    assert contact is not None
    values = {"channel": "visit", "outcome": "talked", "note": "改过", "reason": "记错渠道"}
    assert client.post(f"/care/contacts/{contact.pk}/correct/", values).status_code == 204
    contact.refresh_from_db()
    assert (contact.channel, contact.note) == ("visit", "改过")
    assert client.post(f"/care/contacts/{contact.pk}/withdraw/", {"reason": "误记"}).status_code == 204


def test_a_stranger_sees_neither_tab_nor_contact(client: Client, manager: Staff, customer: Customer) -> None:
    contact = log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=NOW)
    client.force_login(StaffFactory.create(scope=DataScope.OWN, permissions=("care.view", "care.log")))
    assert client.get(f"/care/customers/{customer.pk}/contacts/").status_code == 404
    assert client.get(f"/care/contacts/{contact.pk}/correct/").status_code == 404


def test_whoever_may_not_read_notes_sees_that_there_is_one(client: Client, manager: Staff, customer: Customer) -> None:
    log_contact(customer=customer, channel="phone", outcome="talked", note="家事", actor=manager, at=NOW)
    client.force_login(StaffFactory.create(permissions=("care.view", "customers.view")))
    page = client.get(f"/care/customers/{customer.pk}/contacts/").content.decode()
    assert "家事" not in page
    assert "您的角色不可查看" in page
    found = client.post(f"/care/customers/{customer.pk}/contacts/", {"words": "家事"}).content.decode()
    assert "没有包含这些字的沟通内容" in found


@pytest.mark.parametrize("address", ["/care/compliance/", "/care/rules/", "/care/messages/"])
def test_each_page_opens_for_its_readers_only(client: Client, manager: Staff, address: str) -> None:
    client.force_login(manager)
    assert client.get(address).status_code == 200
    client.force_login(StaffFactory.create(permissions=("customers.view",)))
    assert client.get(address).status_code == 403


def test_where_no_message_waits_the_page_says_what_to_do(client: Client, manager: Staff) -> None:
    client.force_login(manager)
    page = client.get("/care/messages/").content.decode()
    assert "请在客户页“授权同意”中登记" in page
    assert f'href="{reverse("customers")}">查看客户' in page


def test_compliance_tells_who_was_missed(client: Client, db: None) -> None:
    bank.calendar()
    bank.schemes()
    manager = bank.person_in("relationship-manager")
    customer = bank.customers_of(manager, name="单雄信")[0]
    head = StaffFactory.create()
    plan_day(day=clock.today(), actor=head, at=clock.now())
    client.force_login(head)
    page = client.get("/care/compliance/").content.decode()
    assert "单雄信" in page
    assert manager.name in page
    log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=clock.now())
    page = client.get("/care/compliance/", {"branch": manager.branch_id, "why": "coming"}).content.decode()
    assert "单雄信" not in page
    assert client.get("/care/compliance/", {"month": "nonsense", "branch": "x", "why": "?"}).status_code == 200


def test_head_office_changes_a_rule_and_results_keep_their_version(client: Client, db: None) -> None:
    head = StaffFactory.create()
    client.force_login(head)
    values = {
        "enabled": "on", "name": "理财到期", "urgency": 60, "days": "30, 10", "aum_from": "", "aum_below": "",
        "least": 80_000, "channel": "visit", "reason": "提前一些",
    }  # fmt: skip
    assert client.post("/care/rules/occasions/maturity/", values).status_code == 204
    changed = next(rule for rule in occasion_rules().rules.rules if rule.code == "maturity")
    assert (changed.days, changed.urgency, occasion_rules().number) == ((30, 10), 60, 2)
    assert (changed.name, changed.least, changed.channel) == ("理财到期", 80_000, "visit")
    assert RuleVersion.objects.get().reason == "提前一些"
    assert client.post("/care/rules/occasions/maturity/", values | {"days": "x"}).status_code == 200
    assert client.get("/care/rules/cadence/corporate-manager/").status_code == 200
    assert client.get("/care/rules/cadence/nothing/").status_code == 404
    with pytest.raises(ValidationError):
        change_rule(
            topic=RuleTopic.CADENCE, code="corporate-manager", values={"times": 99}, reason="x", actor=head, at=NOW
        )
    outlet = StaffFactory.create(scope=DataScope.SUBTREE)
    with pytest.raises(PermissionDenied):
        change_rule(topic=RuleTopic.CADENCE, code="by-tier", values={}, reason="x", actor=outlet, at=NOW)
    assert cadence_rules().number == 1


@pytest.mark.django_db
def test_every_rule_reads_as_a_sentence() -> None:
    occasions = preset(RuleTopic.OCCASIONS)
    words = [cadence_words(rule) for rule in preset(RuleTopic.CADENCE).rules]
    words += [occasion_words(rule, occasions) for rule in occasions.rules]
    assert all(len(sentence) > 3 and "%(" not in sentence for sentence in words)
    assert words[0] == "客户经理，个人，按层级权益的频次"


def test_a_message_is_sent_once_and_the_last_one_ends_the_task(manager: Staff, customer: Customer) -> None:
    day = date(2026, 3, 2)
    cause = f"messages:birthday-message:{manager.pk}:{day}"
    task = Task.objects.create(
        staff=manager, branch=manager.branch, kind=TaskKind.MESSAGES, rule="birthday-message", cause=cause,
        facts={"count": 1}, opens_on=day, due_on=day, closes_on=day + timedelta(days=3),
    )  # fmt: skip
    assert Sentences().of(task) == "生日短信问候：1 条待发"
    message = Message.objects.create(
        customer=customer, staff=manager, rule="birthday-message", template="birthday", cause="x", channel="sms",
        purpose="care", due_on=day,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        close_message(message=message, sent=True, actor=StaffFactory.create(), at=NOW)
    sent = close_message(message=message, sent=True, actor=manager, at=NOW)
    assert sent.state == MessageState.SENT
    assert sent.text is not None
    assert sent.text.startswith("黄雅琴，祝您生日快乐")
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    with pytest.raises(ValidationError):
        close_message(message=message, sent=False, actor=manager, at=NOW)
