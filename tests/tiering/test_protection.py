"""Protected customers (decision 5): asked for, approved by a second person, ended; one at a time or by list."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, wan
from tests.tiering.test_grace import fallen

from keheng.approvals import operations as approvals
from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.customers.models import Customer
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering import operations, queries
from keheng.tiering.models import Protected, Scheme
from keheng.tiering.sheets import SheetRow

pytestmark = pytest.mark.django_db
YEAR_END = TODAY.replace(month=12, day=31)


@pytest.fixture(autouse=True)
def _limits(db: None) -> None:
    load_organisation()
    approvals.load_presets()
    of_role("head-office-manager")  # the second person


@pytest.fixture
def scheme() -> Scheme:
    return Scheme.objects.get(code="bank-retail")


@pytest.fixture
def head() -> Staff:
    return of_role("head-office-manager")


def of_role(code: str) -> Staff:
    return StaffFactory.create(role=Role.objects.get(code=code), branch=Branch.objects.get(parent=None))


def ask(scheme: Scheme, customer: Customer, actor: Staff, **more: Any) -> Protected:
    given: dict[str, Any] = {"reason": "年度大客户", "until": YEAR_END, "actor": actor, "at": NOON} | more
    return operations.protect(scheme=scheme, customer=customer, **given)


def decide(outcome: Act = Act.APPROVE) -> None:
    second = of_role("head-office-manager")
    approvals.decide_many(
        requests=Request.objects.filter(kind="tiering.protect"), actor=second, outcome=outcome, reason="同意", at=NOON
    )
    operations.settle_protections()


def test_a_protection_holds_once_a_second_person_agrees(
    make_customer: MakeCustomer, run_of: Evaluate, scheme: Scheme, head: Staff
) -> None:
    customer = fallen(make_customer, run_of)
    held = ask(scheme, customer, head)
    assert (held.state, Request.objects.get().subject_label) == ("waiting", customer.name)
    assert run_of().proposed == 1
    decide()
    held.refresh_from_db()
    assert held.state == "in_force"
    run_of()
    assert not queries.protection_of(customer, scheme, YEAR_END + timedelta(days=1))
    assert customer.pk not in Customer.objects.filter(tier="T3").values_list("pk", flat=True)
    assert Request.objects.get(kind="tiering.downgrade").state == "withdrawn"


def test_a_refused_protection_protects_nobody_and_can_be_asked_for_anew(
    make_customer: MakeCustomer, run_of: Evaluate, scheme: Scheme, head: Staff
) -> None:
    customer = fallen(make_customer, run_of)
    ask(scheme, customer, head)
    decide(Act.REFUSE)
    assert Protected.objects.get().state == "refused"
    assert run_of().proposed == 1
    assert ask(scheme, customer, head).state == "waiting"


def test_bad_protections_say_why(make_customer: MakeCustomer, scheme: Scheme, head: Staff) -> None:
    customer = make_customer(aum_average=wan(60))
    for change, sentence in (
        ({"reason": " "}, "请说明保护原因"),
        ({"until": TODAY - timedelta(days=1)}, "日期已过"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            ask(scheme, customer, head, **change)
    ask(scheme, customer, head)
    with pytest.raises(ValidationError, match="已在名单上"):
        ask(scheme, customer, head)


def test_what_has_run_out_makes_room(make_customer: MakeCustomer, scheme: Scheme, head: Staff) -> None:
    customer = make_customer(aum_average=wan(60))
    ask(scheme, customer, head, until=TODAY)
    decide()
    later = NOON + timedelta(days=3)
    again = operations.protect(scheme=scheme, customer=customer, reason="续保护", until=YEAR_END, actor=head, at=later)
    assert [one.state for one in Protected.objects.order_by("pk")] == ["ended", "waiting"]
    assert again.state == "waiting"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("head-office-manager", True),
        ("branch-head", True),
        ("outlet-head", False),
        ("relationship-manager", False),
        ("auditor", False),
        ("administrator", False),
    ],
)
def test_who_protects(make_customer: MakeCustomer, scheme: Scheme, role: str, may: bool) -> None:
    customer, staff = make_customer(aum_average=wan(60), branch=Branch.objects.get(parent=None)), of_role(role)
    if may:
        held = ask(scheme, customer, staff)
        assert operations.end_protections(protections=Protected.objects.all(), actor=staff, at=NOON) == 1
        held.refresh_from_db()
        assert (held.state, held.ended_on) == ("ended", TODAY)
        assert Request.objects.get().state == "withdrawn"
        return
    with pytest.raises(PermissionDenied):
        ask(scheme, customer, staff)
    with pytest.raises(PermissionDenied):
        operations.end_protections(protections=Protected.objects.all(), actor=staff, at=NOON)


def test_a_branch_head_protects_nobody_of_another_branch(make_customer: MakeCustomer, scheme: Scheme) -> None:
    customer = make_customer(aum_average=wan(60), branch=BranchFactory.create())
    staff = StaffFactory.create(role=Role.objects.get(code="branch-head"), branch=BranchFactory.create())
    with pytest.raises(PermissionDenied):
        ask(scheme, customer, staff)
    found = listed(scheme, [customer.number], staff)
    assert (found.customers, found.rejects[0].reason) == (0, "名下没有此客户号的客户")


def listed(scheme: Scheme, numbers: list[str], actor: Staff, *, keep: bool = True) -> Any:
    return operations.protect_listed(
        scheme=scheme,
        rows=[SheetRow(at, {"number": number}) for at, number in enumerate(numbers, 2)],
        file_name="保护名单.xlsx",
        reason="总行名单",
        until=YEAR_END,
        actor=actor,
        at=NOON,
        keep=keep,
    )


def test_a_list_is_looked_at_then_submitted_by_a_constant_number_of_statements(
    make_customer: MakeCustomer, scheme: Scheme, head: Staff
) -> None:
    first, *others = [make_customer(aum_average=wan(60)) for _ in range(5)]
    seen = listed(scheme, [first.number, "nobody", first.number], head, keep=False)
    assert (seen.customers, [(one.row, one.reason) for one in seen.rejects]) == (
        1,
        [(3, "名下没有此客户号的客户"), (4, "已在名单上")],
    )
    assert not Protected.objects.exists()
    with CaptureQueriesContext(connection) as one:
        listed(scheme, [first.number], head)
    with CaptureQueriesContext(connection) as four:
        listed(scheme, [customer.number for customer in others], head)
    assert len(four) <= len(one)
    assert Protected.objects.filter(state="waiting", source="保护名单.xlsx").count() == 5
    assert Request.objects.filter(kind="tiering.protect").count() == 5
    decide()
    assert Protected.objects.filter(state="in_force").count() == 5


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_asks_no_more_for_more_rows(
    client: Client, make_customer: MakeCustomer, scheme: Scheme, head: Staff
) -> None:
    client.force_login(head)
    url = reverse("tiering-protected", args=["bank-retail"])
    assert "无受保护客户" in client.get(url).content.decode()
    counts = []
    for more in (1, 2):
        for _ in range(more):
            ask(scheme, make_customer(aum_average=wan(60)), head)
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert "年度大客户" in client.get(url).content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_one_is_protected_from_the_side_of_the_page_and_ended_in_the_list(
    client: Client, make_customer: MakeCustomer, run_of: Evaluate, head: Staff
) -> None:
    customer = make_customer(aum_average=wan(60))
    run_of()
    client.force_login(head)
    card = reverse("tiering-why", args=[customer.pk])
    assert "设为降级保护" in client.get(card).content.decode()
    side = reverse("tiering-protect", args=["bank-retail"])
    wrong = client.post(side, {"number": "none", "reason": "大客户", "until": f"{YEAR_END}"}).content.decode()
    assert "名下没有客户号为 none 的客户" in wrong
    sent = client.post(side, {"number": customer.number, "reason": "大客户", "until": f"{YEAR_END}"})
    assert "side-done" in sent.headers["HX-Trigger"]
    assert f"{YEAR_END}" in client.get(card).content.decode()
    done = client.post(reverse("tiering-protection-end"), {"pk": [Protected.objects.get().pk]}, follow=True)
    assert "已结束 1 项保护" in done.content.decode()
    assert Protected.objects.get().state == "ended"


def test_a_list_is_sent_as_a_file(client: Client, make_customer: MakeCustomer, head: Staff) -> None:
    customer = make_customer(aum_average=wan(60))
    client.force_login(head)
    url = reverse("tiering-protect-upload", args=["bank-retail"])

    def send(text: str, **more: str) -> str:
        upload = BytesIO(text.encode())
        upload.name = "list.csv"
        given = {"upload": upload, "reason": "总行名单", "until": f"{YEAR_END}", **more}
        return client.post(url, given, follow=True).content.decode()

    assert "1 位客户" in send(f"客户号,理由\n{customer.number},老客户\n")
    assert not Protected.objects.exists()
    assert "缺少" in send("名称\n张三\n", keep="1")
    assert "1 项保护等待审批" in send(f"客户号,理由\n{customer.number},老客户\n", keep="1")
    assert Protected.objects.get().reason == "老客户"


def test_a_list_that_was_looked_at_is_sent_once(client: Client, make_customer: MakeCustomer, head: Staff) -> None:
    customer = make_customer(aum_average=wan(60))
    client.force_login(head)
    url = reverse("tiering-protect-upload", args=["bank-retail"])
    given = {"reason": "总行名单", "until": f"{YEAR_END}"}
    upload = BytesIO(f"客户号\n{customer.number}\n".encode())
    upload.name = "list.csv"

    key = client.post(url, given | {"upload": upload}).context["sheet"].key
    assert "请选择文件" in client.post(url, given | {"keep": "1"}).content.decode()
    assert "请重新选择" in client.post(url, given | {"kept": "of somebody else", "keep": "1"}).content.decode()
    assert not Protected.objects.exists()
    assert "1 项保护等待审批" in client.post(url, given | {"kept": key, "keep": "1"}, follow=True).content.decode()
    assert Protected.objects.get().source == "list.csv"
    assert "请重新选择" in client.post(url, given | {"kept": key, "keep": "1"}).content.decode()
