"""Files that leave: approval, the worker, the requester alone, the days, the watermark, the log (A15)."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from openpyxl import load_workbook
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.approvals.operations import load_presets as load_limits
from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.enums import HandoutState, RuleTopic
from keheng.customers.models import Finding, Handout
from keheng.customers.operations import handouts
from keheng.customers.operations.rules import change_rules
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.queries.rules import confidentiality_rules
from keheng.desk.views.customers import CustomerList
from keheng.notices.models import Notice
from keheng.org.models import Role, Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering.operations import load_presets as load_schemes
from keheng.ui.lists import ListView

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "11010519491231002X"
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def _presets(transactional_db: None) -> None:
    load_organisation()
    load_schemes()
    load_limits()


@pytest.fixture
def head() -> Staff:
    return StaffFactory.create(role=Role.objects.get(code="branch-head"), name="周支行")


@pytest.fixture
def approver() -> Staff:
    return StaffFactory.create(role=Role.objects.get(code="head-office-manager"))


def asked(actor: Staff, **changes: Any) -> Handout:
    given: dict[str, Any] = {
        "address": "/customers/",
        "personal": True,
        "purpose": "中秋礼品寄送名单",
        "at": clock.now(),
    }
    return handouts.ask_export(actor=actor, **{**given, **changes})


@pytest.fixture(autouse=True)
def _few_columns(_presets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CustomerList, "shown_columns", ["name", "number", "phone"])


def made(handout: Handout) -> Handout:
    return handouts.make(handout=Handout.objects.get(pk=handout.pk), now=clock.now)


def test_personal_values_leave_after_approval_to_the_requester_alone_with_watermark_and_log(
    head: Staff, approver: Staff
) -> None:
    ordinary = CustomerFactory.create(id_kind="resident", id_number=NUMBER)
    ContactPointFactory.create(customer=ordinary, value=PHONE)
    handout = asked(head)
    assert handout.state == HandoutState.ASKED
    request = Request.objects.get(kind="customers.export")
    assert made(handout).state == HandoutState.ASKED
    decide(request=request, actor=approver, outcome=State.APPROVED, reason="同意", at=clock.now())
    handout.refresh_from_db()
    assert handout.state == HandoutState.QUEUED
    ready = made(handout)
    assert ready.state == HandoutState.READY
    with pytest.raises(PermissionDenied):
        handouts.fetch(handout=ready, actor=approver, at=clock.now())
    content = handouts.fetch(handout=ready, actor=head, at=clock.now())
    handouts.fetch(handout=ready, actor=head, at=clock.now())
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    for part in ("周支行", head.username, "中秋礼品寄送名单", f"{clock.today():%Y-%m-%d}"):
        assert part in str(rows[0][0])
    assert rows[1] == ("客户", "客户号", "手机", "手机（完整）", "证件号码")
    assert rows[2] == ("黄雅琴", ordinary.number, "138****5678", PHONE, NUMBER)
    assert Entry.objects.filter(action="customers.fetch_file", target_id=handout.pk).count() == 2


def test_a_refused_export_is_never_made(head: Staff, approver: Staff) -> None:
    handout = asked(head)
    request = Request.objects.get(kind="customers.export")
    decide(request=request, actor=approver, outcome=State.REFUSED, reason="理由不足", at=clock.now())
    assert made(handout).state == HandoutState.REFUSED
    with pytest.raises(ValidationError):
        handouts.fetch(handout=made(handout), actor=head, at=clock.now())


def test_whole_values_hold_only_what_the_requester_could_have_shown(approver: Staff) -> None:
    """Level 3 stays masked for somebody cleared for level 2, approval or not."""
    outlet = StaffFactory.create(permissions=["customers.view", "customers.reveal", "customers.export",
                                              "customers.restricted"])  # fmt: skip
    strict = CustomerFactory.create(id_kind="resident", id_number=NUMBER, confidentiality=3)
    ContactPointFactory.create(customer=strict, value=PHONE)
    handout = asked(outlet)
    request = Request.objects.get(kind="customers.export")
    decide(request=request, actor=approver, outcome=State.APPROVED, reason="同意", at=clock.now())
    handout.refresh_from_db()
    content = handouts.fetch(handout=made(handout), actor=outlet, at=clock.now())
    row = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))[2]  # type: ignore[union-attr]
    assert row[3:] == ("138****5678", "1101************2X")


def test_a15_days_and_rows_are_those_of_the_rules(
    head: Staff, approver: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(rows: int) -> dict[str, Any]:
        monkeypatch.setattr(CustomerList, "count_up_to", lambda _self, limit: min(rows, limit + 1))
        return {"personal": False}

    limits = confidentiality_rules().exports
    assert (limits.rows_without_approval, limits.most_rows, limits.days) == (200, 50_000, 7)
    small = asked(head, **of(200))
    assert small.state == HandoutState.QUEUED
    assert asked(head, **of(201)).state == HandoutState.ASKED
    with pytest.raises(ValidationError):
        asked(head, **of(50_001))
    of(200)
    ready = made(small)
    assert ready.expires_at is not None
    assert ready.ready_at is not None
    assert ready.expires_at - ready.ready_at == timedelta(days=7)
    with pytest.raises(ValidationError):
        handouts.fetch(handout=ready, actor=head, at=ready.expires_at)
    assert handouts.purge_handouts(at=ready.expires_at) == 1
    ready.refresh_from_db()
    assert (ready.state, ready.content) == (HandoutState.EXPIRED, None)


def test_who_may_not_export_or_reveal_does_not_ask(head: Staff) -> None:
    with pytest.raises(PermissionDenied):
        asked(StaffFactory.create(permissions=["customers.view", "customers.reveal"]))
    with pytest.raises(PermissionDenied):
        asked(StaffFactory.create(permissions=["customers.view", "customers.export"]))
    with pytest.raises(ValidationError):
        asked(head, purpose="用")
    with pytest.raises(ValidationError):
        asked(head, address="/nowhere/")
    with pytest.raises(ValidationError):
        asked(head, address=reverse("archive:handouts"))


def test_a_failure_leaves_no_half_file_and_tells_no_value(head: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    handout = asked(head, personal=False)

    def broken(*_args: Any, **_given: Any) -> Any:
        raise RuntimeError(f"row of {PHONE}")

    monkeypatch.setattr("keheng.ui.lists.export.excel_bytes", broken)
    with pytest.raises(RuntimeError):
        made(handout)
    handout = Handout.objects.get(pk=handout.pk)
    assert (handout.state, handout.content, handout.problem) == (HandoutState.FAILED, None, "RuntimeError")


def test_the_content_is_sealed_in_the_database(head: Staff) -> None:
    handout = made(asked(head, personal=False, address="/customers/?q=黄雅琴"))
    with connection.cursor() as cursor:
        cursor.execute("select content, query from customers_handout where id = %s", [handout.pk])
        content, query = (bytes(value) for value in cursor.fetchone())
    assert not content.startswith(b"PK")
    assert "黄雅琴".encode() not in query


def test_the_requester_is_told_when_the_file_is_ready_and_when_there_is_none(
    head: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    handout = asked(head, personal=False)
    made(handout)
    notice = Notice.objects.get(staff=head, kind="customers.file")
    assert (notice.url, notice.body) == (handout.get_absolute_url(), "中秋礼品寄送名单")

    def broken(*_args: Any, **_given: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("keheng.ui.lists.export.excel_bytes", broken)
    with pytest.raises(RuntimeError):
        made(asked(head, personal=False))
    assert "未能生成" in Notice.objects.filter(staff=head, kind="customers.file").latest("pk").title


# -- every list -------------------------------------------------------------------------------------------------------

OF_NO_CUSTOMERS = {
    "staff",
    "audit",
    "impact-assessments",
    "approvals-all",
    "ingest-batches",
    "analyses",
    "complaint-lessons",
    "service-penalties",
}
"""Lists that may be exported and have no rows of customers; any other has to stand on ``CustomerRows``."""


def test_every_list_with_rows_of_customers_leaves_by_the_one_way() -> None:
    classes = {getattr(pattern.callback, "view_class", None) for pattern in _patterns(get_resolver())}
    lists = {found for found in classes if found and issubclass(found, ListView) and found.export_permission}
    assert {found.key for found in lists if not issubclass(found, CustomerRows)} <= OF_NO_CUSTOMERS
    assert {"customers", "quality-findings", "tier-moves", "maturing", "projects"} <= {
        found.key for found in lists if issubclass(found, CustomerRows)
    }


def _patterns(resolver: Any) -> Iterator[Any]:
    for part in resolver.url_patterns:
        yield from _patterns(part) if hasattr(part, "url_patterns") else (part,)


def test_the_file_of_another_list_holds_what_its_address_names(head: Staff, approver: Staff) -> None:
    """Not only the customer list: a list of findings, filtered, with its own columns and no personal values."""
    one, other = CustomerFactory.create(name="陶国文"), CustomerFactory.create(name="王春斌")
    for customer, severity in ((one, "warning"), (other, "error")):
        Finding.objects.create(customer=customer, rule="no_owner", severity=severity, found_at=clock.now())
    handout = made(asked(head, address=reverse("quality:findings") + "?severity=warning", personal=False))
    assert (handout.list_key, handout.rows) == ("quality-findings", 1)
    content = handouts.fetch(handout=handout, actor=head, at=clock.now())
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[0] for row in rows[2:]] == ["陶国文"]
    with pytest.raises(ValidationError):
        asked(head, address=reverse("quality:findings"), personal=True)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_small_masked_lists_leave_at_once_and_large_ones_are_asked_for(
    client: Client, head: Staff, approver: Staff
) -> None:
    for _ in range(3):
        CustomerFactory.create()
    client.force_login(head)
    direct = client.get(reverse("customers") + "?format=xlsx")
    assert direct.status_code == 200
    direct.close()
    content = confidentiality_rules().model_dump(mode="json")
    content["exports"]["rows_without_approval"] = 2
    change_rules(
        topic=RuleTopic.CONFIDENTIALITY, content=content, reason="收紧", actor=StaffFactory.create(), at=clock.now()
    )
    for form in ("xlsx", "print"):
        answer = client.get(reverse("customers") + f"?kind=person&format={form}")
        assert answer.status_code == 302
        assert answer["Location"] == reverse("archive:export-new") + "?list=%2Fcustomers%2F&kind=person"
    page = client.get(answer["Location"])
    assert page.context["rows"] == 3
    posted = client.post(answer["Location"], {"purpose": "季度回访抽样名单"})
    handout = Handout.objects.get()
    assert posted["Location"] == reverse("archive:handout", args=[handout.pk])
    assert (handout.rows, handout.personal, handout.state) == (3, False, HandoutState.ASKED)
    assert handout.query == "/customers/?kind=person"
    assert client.get(posted["Location"]).status_code == 200


def test_the_file_is_fetched_by_its_page_and_by_nobody_else(client: Client, head: Staff) -> None:
    handout = made(asked(head, personal=False))
    client.force_login(head)
    answer = client.post(reverse("archive:handout-fetch", args=[handout.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="keheng-{handout.pk}.xlsx"'
    assert answer.content[:2] == b"PK"
    client.force_login(StaffFactory.create())
    assert client.post(reverse("archive:handout-fetch", args=[handout.pk])).status_code == 403
    client.force_login(StaffFactory.create(permissions=["customers.view", "customers.export"]))
    assert client.get(reverse("archive:handout", args=[handout.pk])).status_code == 404
    assert client.get(reverse("archive:handouts")).context["total"].value == 0
