"""The forms that complete an archive (A1, 002): feedback on pushed reports (A5), files of lost customers (A8)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer, LossContact, LossFile, PushFeedback
from keheng.customers.operations import unify
from keheng.customers.operations.papers import add_paper, change_paper, remove_paper
from keheng.customers.privacy import erasure
from keheng.customers.privacy.copies import copy_of
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LOSS = {"lost_on": TODAY, "cause": "objective", "reason": "随子女迁居"}
PUSH = {"report": "消费行业月报", "pushed_on": TODAY, "channel": "sms", "acceptance": "traded", "traded": Decimal(5)}
CONTACT = {"contacted_on": TODAY, "content": "介绍新产品", "reaction": "愿意考虑"}


@pytest.fixture
def actor() -> Staff:
    return StaffFactory.create(name="林建峰")


@pytest.fixture
def customer(actor: Staff) -> Customer:
    return CustomerFactory.create(tier="T4", aum=Decimal(300_000), owner=actor)


def add(model: Any, customer: Customer, actor: Staff, **values: Any) -> Any:
    usual = {PushFeedback: PUSH, LossFile: LOSS, LossContact: CONTACT}[model]
    return add_paper(model=model, customer=customer, values={**usual, **values}, actor=actor, at=AT)


def test_a8_a_file_keeps_class_assets_and_service_employee_as_they_were(customer: Customer, actor: Staff) -> None:
    file = add(LossFile, customer, actor)
    Customer.objects.filter(pk=customer.pk).update(aum=0, tier="T1", owner=None)
    file.refresh_from_db()
    assert (file.tier, file.assets, file.server, file.changed_by) == ("T4", Decimal(300_000), actor, actor)
    assert Entry.objects.get(action="customers.add_paper").target_id == customer.pk


def test_a8_contacts_follow_the_newest_file_until_the_customer_is_won_back(customer: Customer, actor: Staff) -> None:
    with pytest.raises(ValidationError, match="流失客户"):
        add(LossContact, customer, actor)
    first = add(LossFile, customer, actor, lost_on=TODAY - timedelta(days=90))
    with pytest.raises(ValidationError, match="已有"):
        add(LossFile, customer, actor)
    change_paper(entry=first, values={"won_back_on": TODAY - timedelta(days=9)}, actor=actor, at=AT)
    second = add(LossFile, customer, actor)
    contact = add(LossContact, customer, actor)
    assert (contact.file, contact.staff) == (second, actor)


@pytest.mark.parametrize(
    ("model", "values", "field"),
    [
        (PushFeedback, {"pushed_on": TODAY + timedelta(days=1)}, "pushed_on"),
        (PushFeedback, {"channel": "pigeon"}, "channel"),
        (PushFeedback, {"report": ""}, "report"),
        (PushFeedback, {"traded": Decimal(-1)}, "__all__"),
        (LossFile, {"reason": ""}, "reason"),
        (LossFile, {"cause": "fate"}, "cause"),
        (LossFile, {"won_back_on": TODAY - timedelta(days=1)}, "__all__"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    customer: Customer, actor: Staff, model: Any, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add(model, customer, actor, **values)
    assert field in refused.value.message_dict
    assert not model.objects.exists()


def test_the_database_keeps_one_open_file_a_customer(customer: Customer, actor: Staff) -> None:
    given: dict[str, Any] = {"customer": customer, "changed_by": actor, "changed_at": AT, "assets": 0, **LOSS}
    LossFile.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        LossFile.objects.create(**given)


@pytest.mark.parametrize(
    ("held", "status", "may"),
    [
        (["customers.view", "customers.edit", "customers.restricted"], CustomerStatus.ACTIVE, True),
        (["customers.view", "customers.edit", "customers.restricted"], CustomerStatus.CLOSED, True),
        (["customers.view", "customers.edit"], CustomerStatus.CLOSED, False),
        (["customers.view", "customers.restricted"], CustomerStatus.ACTIVE, False),
    ],
)
def test_a15_who_writes_forms_also_of_closed_customers(held: list[str], status: str, may: bool) -> None:
    actor, customer = StaffFactory.create(permissions=held), CustomerFactory.create(status=status)
    if may:
        add(PushFeedback, customer, actor)
    else:
        with pytest.raises(PermissionDenied):
            add(PushFeedback, customer, actor)
    stranger = StaffFactory.create(permissions=held, branch=BranchFactory.create(), scope=DataScope.OWN)
    with pytest.raises(PermissionDenied):
        add(PushFeedback, customer, stranger)


def test_of_two_editors_the_second_is_told_what_stands_there(customer: Customer, actor: Staff) -> None:
    entry = add(PushFeedback, customer, actor)
    seen = entry.changed_at
    later = AT + timedelta(minutes=5)
    change_paper(entry=entry, values={"acceptance": "agreed"}, seen=seen, actor=actor, at=later)
    with pytest.raises(ValidationError) as refused:
        change_paper(entry=entry, values={"acceptance": "declined"}, seen=seen, actor=actor, at=later)
    assert "认可" in str(refused.value.message_dict["acceptance"])


def test_a_removed_form_leaves_its_reason_in_the_trail(customer: Customer, actor: Staff) -> None:
    file = add(LossFile, customer, actor)
    add(LossContact, customer, actor)
    with pytest.raises(ValidationError):
        remove_paper(entry=file, reason=" ", actor=actor, at=AT)
    remove_paper(entry=file, reason="误填", actor=actor, at=AT)
    assert not LossContact.objects.exists()
    assert Entry.objects.get(action="customers.remove_paper").reason == "误填"


def test_forms_are_told_in_the_copy_erased_and_go_over_in_a_merge(customer: Customer, actor: Staff) -> None:
    for model in (PushFeedback, LossFile, LossContact):
        add(model, customer, actor)
    told = str([table.rows for table in copy_of(customer)])
    for words in ("消费行业月报", "随子女迁居", "介绍新产品"):
        assert words in told
    survivor = CustomerFactory.create()
    unify(survivor=survivor, lost=customer, reason="同一人", actor=actor, at=clock.now())
    assert LossContact.objects.get().file.customer_id == LossContact.objects.get().customer_id == survivor.pk
    with connection.cursor() as cursor:
        erasure.erase(cursor, [survivor.pk])
    for model in (PushFeedback, LossFile, LossContact):
        assert not model.objects.exists()


def test_the_tab_shows_says_what_to_do_and_writes(client: Client, customer: Customer, actor: Staff) -> None:
    client.force_login(actor)
    tab = reverse("archive:papers", args=[customer.pk])
    empty = client.get(tab).content.decode()
    assert "尚未推送报告" in empty
    assert "登记流失" in empty
    side = reverse("archive:paper-add", args=[customer.pk, "losses"])
    assert client.get(side).status_code == 200
    sent = {"lost_on": "2026-11-01", "assets": "", "cause": "subjective", "reason": "等候时间长", "note": ""}
    assert client.post(side, sent).status_code == 204
    page = client.get(tab).content.decode()
    assert "等候时间长" in page
    assert "30.00万" in page
    assert side not in page
    refused = client.post(reverse("archive:paper-add", args=[customer.pk, "feedback"]), {"report": "x"})
    assert refused.context["form"].errors["pushed_on"]
    assert client.get(reverse("archive:paper-add", args=[customer.pk, "nonsense"])).status_code == 404


def test_a8_the_file_prints_in_two_masked_copies(client: Client, customer: Customer, actor: Staff) -> None:
    ContactPointFactory.create(customer=customer, value="13812345678")
    file = add(LossFile, customer, actor)
    client.force_login(actor)
    page = client.get(reverse("archive:loss-print", args=[customer.pk, file.pk])).content.decode()
    assert page.count("随子女迁居") == page.count("138****5678") == page.count('class="copy"') == 2
    assert "13812345678" not in page
    assert Entry.objects.filter(action="customers.print", target_id=customer.pk).exists()


def test_the_interface_writes_and_reads_the_same(client: Client, actor: Staff) -> None:
    company = CompanyFactory.create().customer
    client.force_login(actor)
    base = f"/api/v1/customers/{company.pk}/papers"

    def send(path: str, sent: dict[str, Any], method: str = "post", status: int = 200) -> Any:
        answer = getattr(client, method)(base + path, sent, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    send("/losses", {"lost_on": "2026-11-01", "cause": "objective", "reason": "企业搬迁"})
    send("/contacts", {"contacted_on": "2026-11-08", "content": "走访"})
    told = send("/feedback", {"report": "月报", "pushed_on": "2026-11-09", "channel": "mail", "acceptance": "open"})
    assert told["losses"][0]["contacts"][0]["content"] == "走访"
    key = told["losses"][0]["id"]
    told = send(f"/losses/{key}", {"won_back_on": "2026-11-20"}, "patch")
    assert told["losses"][0]["won_back_on"] == "2026-11-20"
    assert send("/losses", {"lost_on": "2026-11-01", "cause": "objective"}, status=422)
    told = send(f"/feedback/{told['feedback'][0]['id']}/remove", {"reason": "误填"})
    assert told["feedback"] == []
    assert client.get(base).json() == told
