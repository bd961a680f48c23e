"""Documents and pictures of customers (A1, A15): versions, expiry, who opens them, what is refused."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, CompanyFactory, CustomerFactory, StaffFactory
from tests.files import samples

from keheng.audit.models import Entry
from keheng.customers.archive.rulebook import document_rules
from keheng.customers.enums import CustomerStatus, DocumentKind
from keheng.customers.models import Customer, Document
from keheng.customers.operations.documents import (
    add_document,
    change_document,
    open_document,
    remove_document,
    renew_document,
)
from keheng.customers.permissions.documents import can_open_document, can_remove_document
from keheng.customers.queries.documents import documents_of, expiring_for, pictures_of
from keheng.files.models import Piece, StoredFile
from keheng.files.queries import content_of
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
K = DocumentKind


@pytest.fixture
def actor() -> Staff:
    return StaffFactory.create()


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


def upload(content: bytes | None = None, name: str = "证件.pdf") -> ContentFile[bytes]:
    return ContentFile(samples.pdf() if content is None else content, name=name)


def filed(customer: Customer, actor: Staff, kind: DocumentKind = K.IDENTITY, **facts: Any) -> Document:
    return add_document(customer=customer, kind=kind, facts=facts, upload=upload(), actor=actor, at=AT)


def test_a1_photo_and_shop_picture_type_copies_dates_and_expiry_bands_are_there() -> None:
    rules = document_rules()
    assert rules.bands == (30, 60, 90)
    assert rules.pictures == {K.PHOTO, K.SHOP}
    assert {kind for kinds in rules.kinds.values() for kind in kinds} == set(DocumentKind)
    assert {field.name for field in Document._meta.fields} >= {"kind", "copies", "issued_on", "expires_on", "version"}


def test_a_document_is_filed_with_its_file(actor: Staff, customer: Customer) -> None:
    document = filed(customer, actor, copies=2, issued_on=date(2020, 1, 1), expires_on=date(2040, 1, 1))
    held = documents_of(customer, TODAY)[0]
    assert (held.document, held.document.copies, held.tone) == (document, 2, "")
    assert document.file
    assert content_of(document.file) == samples.pdf()
    trail = Entry.objects.get(action="customers.add_document")
    assert (trail.target_id, trail.detail["document"]) == (customer.pk, "identity")


def test_a_document_may_lie_on_paper_only_but_a_picture_may_not(actor: Staff, customer: Customer) -> None:
    assert add_document(customer=customer, kind=K.HOUSEHOLD, actor=actor, at=AT).file is None
    with pytest.raises(ValidationError, match="请选择照片"):
        add_document(customer=customer, kind=K.PHOTO, actor=actor, at=AT)
    with pytest.raises(ValidationError, match="需要图片"):
        add_document(customer=customer, kind=K.SHOP, upload=upload(), actor=actor, at=AT)


def test_kinds_belong_to_persons_or_companies(actor: Staff, customer: Customer) -> None:
    firm = CompanyFactory.create().customer
    assert filed(firm, actor, K.LICENCE)
    with pytest.raises(ValidationError, match="营业执照"):
        filed(customer, actor, K.LICENCE)
    with pytest.raises(ValidationError, match="户口簿"):
        filed(firm, actor, K.HOUSEHOLD)


def test_a_document_expires_after_it_was_issued(actor: Staff, customer: Customer) -> None:
    with pytest.raises(ValidationError, match="须晚于签发日期"):
        filed(customer, actor, issued_on=TODAY, expires_on=TODAY)
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()  # the file came in the same transaction


def test_a_newer_version_keeps_the_former_one(actor: Staff, customer: Customer) -> None:
    document = filed(customer, actor, expires_on=date(2026, 12, 1))
    newer = renew_document(
        document=document,
        facts={"expires_on": date(2046, 12, 1), "copies": 1},
        upload=upload(samples.picture(), "新证.jpg"),
        actor=actor,
        at=AT + timedelta(days=1),
    )
    renew_document(document=newer, facts={"note": "补原件"}, actor=actor, at=AT + timedelta(days=2))
    held = documents_of(customer, TODAY)[0].document
    assert (held.version, held.file, held.note, held.expires_on) == (3, None, "补原件", date(2046, 12, 1))
    former = [(version.number, version.expires_on) for version in held.versions.all()]
    assert former == [(2, date(2046, 12, 1)), (1, date(2026, 12, 1))]
    given: dict[str, Any] = {"document": held, "actor": actor, "at": AT}
    assert content_of(open_document(version=1, **given)) == samples.pdf()
    assert content_of(open_document(version=2, **given)) == samples.picture()
    for version in (None, 3, 4):
        with pytest.raises(LookupError):
            open_document(version=version, **given)


def test_what_is_said_of_a_document_is_corrected(actor: Staff, customer: Customer) -> None:
    document = filed(customer, actor)
    change_document(document=document, facts={"copies": 3, "title": "身份证"}, actor=actor, at=AT)
    document.refresh_from_db()
    assert (document.copies, document.title, document.version) == (3, "身份证", 1)


def test_a_removed_document_leaves_its_digest_in_the_trail(actor: Staff, customer: Customer) -> None:
    document = filed(customer, actor)
    document = renew_document(document=document, facts={}, upload=upload(), actor=actor, at=AT)
    with pytest.raises(ValidationError):
        remove_document(document=document, reason=" ", actor=actor, at=AT)
    remove_document(document=document, reason="误传他人证件", actor=actor, at=AT)
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Piece.objects.exists()
    assert len(Entry.objects.get(action="customers.remove_document").detail["digests"]) == 2


# -- who may ----------------------------------------------------------------------------------------------------------

READER = ["customers.view"]
FULL = ["customers.view", "customers.reveal", "customers.edit", "customers.remove_documents"]
STATES = [(1, "active"), (2, "active"), (3, "active"), (1, "closed")]


@pytest.mark.parametrize(
    ("held", "opens", "removes"),
    [
        ([], [False] * 4, [False] * 4),
        (READER, [False] * 4, [False] * 4),
        ([*READER, "customers.edit"], [False] * 4, [False] * 4),
        ([*READER, "customers.reveal"], [True, False, False, False], [False] * 4),
        (FULL, [True, False, False, False], [True, False, False, False]),
        ([*FULL, "customers.restricted"], [True, True, False, True], [True, True, False, False]),
        ([*FULL, "customers.strict"], [True, True, True, True], [True, True, True, False]),
    ],
)
def test_a15_documents_open_as_sealed_values_do(held: list[str], opens: list[bool], removes: list[bool]) -> None:
    staff, head = StaffFactory.create(permissions=held), StaffFactory.create()
    customers = []
    for level, status in STATES:
        customer = CustomerFactory.create()
        document = filed(customer, head)
        Customer.objects.filter(pk=customer.pk).update(confidentiality=level, status=status)
        customer.refresh_from_db()
        document.customer = customer
        customers.append((customer, document))
    assert [can_open_document(staff, customer) for customer, _document in customers] == opens
    assert [can_remove_document(staff, customer) for customer, _document in customers] == removes
    for (_customer, document), may in zip(customers, opens, strict=True):
        if may:
            open_document(document=document, actor=staff, at=AT)
        else:
            with pytest.raises(PermissionDenied):
                open_document(document=document, actor=staff, at=AT)
    outcomes = Entry.objects.filter(action="customers.open_document", actor_id=staff.pk).order_by("pk")
    assert [entry.outcome == "done" for entry in outcomes] == opens


def test_a_closed_archive_takes_no_documents(actor: Staff, customer: Customer) -> None:
    customer.status = CustomerStatus.CLOSED
    with pytest.raises(PermissionDenied):
        filed(customer, actor)


# -- expiry -----------------------------------------------------------------------------------------------------------


def test_a1_expiries_are_listed_by_bands_within_the_scope(client: Client, actor: Staff) -> None:
    here = BranchFactory.create()
    days = [-1, 0, 30, 31, 60, 90, 91]
    for place, ahead in enumerate(days):
        customer = CustomerFactory.create(branch=here if place % 2 else BranchFactory.create())
        filed(customer, actor, expires_on=TODAY + timedelta(days=ahead))
    filed(CustomerFactory.create(), actor)
    assert expiring_for(actor).count() == 7
    assert expiring_for(StaffFactory.create(branch=here, scope=DataScope.SUBTREE)).count() == 3
    client.force_login(actor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keheng.common.clock.today", lambda: TODAY)
        lists = {due: client.get(reverse("archive:expiring"), {"due": due}) for due in ("0", "30", "60", "90")}
    counts = {due: answer.context["page"].total.value for due, answer in lists.items()}
    assert counts == {"0": 1, "30": 3, "60": 5, "90": 6}


def test_the_mark_of_an_expiry(actor: Staff, customer: Customer) -> None:
    for ahead in (-1, 90, 91):
        filed(customer, actor, expires_on=TODAY + timedelta(days=ahead))
    tones = {held.days: held.tone for held in documents_of(customer, TODAY)}
    assert tones == {-1: "over", 90: "near", 91: ""}


# -- pages and uploads ------------------------------------------------------------------------------------------------


def test_a_document_is_uploaded_shown_and_downloaded(client: Client, actor: Staff, customer: Customer) -> None:
    client.force_login(actor)
    panel = reverse("archive:document-add", args=[customer.pk])
    assert "multipart/form-data" in client.get(panel).content.decode()
    sent = SimpleUploadedFile("黄雅琴身份证.pdf", samples.pdf())
    assert client.post(panel, {"kind": "identity", "copies": 1, "file": sent}).status_code == 204
    document = Document.objects.get()
    tab = client.get(reverse("archive:documents", args=[customer.pk])).content.decode()
    assert "PDF 文档" in tab
    assert "黄雅琴身份证" not in tab
    download = client.get(reverse("archive:document", args=[customer.pk, document.pk]))
    assert download.content == samples.pdf()
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert Entry.objects.filter(action="customers.open_document", target_id=customer.pk).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("扫描件.pdf", bytes(21 * 2**20), "上限为 20 MB"),
        ("工资表.pdf", samples.PROGRAM, "程序或脚本"),
        ("照片.png", samples.bomb(), "百万像素"),
        ("页面.txt", b"<html><script>alert(1)</script>", "网页"),
        ("logo.png", b"<svg onload='x()'/>", "网页"),
        ("表.xlsx", samples.zipped({**samples.EXCEL, "xl/vbaProject.bin": "x"}), "宏"),
        ("资料.zip", samples.locked(samples.zipped({"a.txt": "x"})), "密码"),
        ("空.pdf", b"", "空的"),
        ("照片.pdf", samples.picture(), "后缀"),
    ],
)
def test_a_bad_upload_is_refused_beside_the_field_and_nothing_is_kept(
    client: Client, actor: Staff, customer: Customer, name: str, content: bytes, says: str
) -> None:
    client.force_login(actor)
    panel = reverse("archive:document-add", args=[customer.pk])
    answer = client.post(panel, {"kind": "identity", "copies": 1, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert says in str(answer.context["form"].errors["file"])
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    assert Entry.objects.filter(action="files.refuse").count() == 1


@pytest.mark.parametrize(
    ("name", "bomb"), [("照片.png", samples.bomb), ("照片.jpg", samples.jpeg_bomb), ("照片.gif", samples.gif_bomb)]
)
def test_an_image_bomb_is_refused_with_a_sentence_wherever_it_comes_in(
    client: Client, actor: Staff, customer: Customer, name: str, bomb: Callable[[], bytes]
) -> None:
    """A few kilobytes that would unpack to gigabytes: told by the head, on pages and over HTTP."""
    content = bomb()
    assert len(content) < 100_000
    client.force_login(actor)
    sent = {"kind": "photo", "file": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("archive:picture-add", args=[customer.pk]), sent)
    assert answer.status_code == 200
    assert "图片超过 50 百万像素" in str(answer.context["form"].errors["file"])
    sent = {"kind": "photo", "file": SimpleUploadedFile(name, content)}
    told = client.post(f"/api/v1/customers/{customer.pk}/documents", sent)
    assert told.status_code == 422
    assert "百万像素" in json.dumps(told.json(), ensure_ascii=False)
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    assert Entry.objects.filter(action="files.refuse").count() == 2


def test_pictures_are_shown_small_and_scans_are_not(client: Client, actor: Staff, customer: Customer) -> None:
    client.force_login(actor)
    panel = reverse("archive:picture-add", args=[customer.pk])
    sent = SimpleUploadedFile("a.jpg", samples.photo_with_place())
    assert client.post(panel, {"kind": "photo", "file": sent}).status_code == 204
    picture = pictures_of(customer)[0]
    shown = client.get(reverse("archive:picture", args=[customer.pk, picture.pk]))
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"secret" not in shown.content
    scan = filed(customer, actor)
    assert client.get(reverse("archive:picture", args=[customer.pk, scan.pk])).status_code == 404
    Customer.objects.filter(pk=customer.pk).update(confidentiality=3)
    client.force_login(StaffFactory.create(permissions=READER))
    assert client.get(reverse("archive:picture", args=[customer.pk, picture.pk])).status_code == 403


def test_files_of_others_are_not_found(client: Client, actor: Staff, customer: Customer) -> None:
    document = filed(customer, actor)
    other = CustomerFactory.create()
    client.force_login(actor)
    assert client.get(reverse("archive:document", args=[other.pk, document.pk])).status_code == 404
    assert client.get(reverse("archive:document-version", args=[customer.pk, document.pk, 9])).status_code == 404
    client.force_login(StaffFactory.create(scope=DataScope.OWN))
    assert client.get(reverse("archive:document", args=[customer.pk, document.pk])).status_code == 404
    client.force_login(StaffFactory.create(permissions=READER))
    assert client.get(reverse("archive:document", args=[customer.pk, document.pk])).status_code == 403


def test_only_whoever_may_remove_is_offered_it(client: Client, customer: Customer, actor: Staff) -> None:
    document = filed(customer, actor)
    removal = reverse("archive:document-remove", args=[customer.pk, document.pk])
    client.force_login(StaffFactory.create(permissions=["customers.view", "customers.edit"]))
    assert removal not in client.get(reverse("archive:documents", args=[customer.pk])).content.decode()
    assert client.get(removal).status_code == 403
    client.force_login(actor)
    assert client.post(removal, {"reason": "误传"}).status_code == 204
    assert not Document.objects.exists()


def test_the_tab_takes_as_many_queries_for_three_documents_as_for_one(
    client: Client, actor: Staff, customer: Customer
) -> None:
    client.force_login(actor)
    tab = reverse("archive:documents", args=[customer.pk])

    def cost() -> int:
        renew_document(document=filed(customer, actor), facts={}, upload=upload(), actor=actor, at=AT)
        client.get(tab)
        with CaptureQueriesContext(connection) as made:
            client.get(tab)
        return len(made)

    costs = [cost() for _number in range(3)]
    assert Document.objects.count() == 3
    assert costs == [costs[0]] * 3
