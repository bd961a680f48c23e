"""The matrix of confidentiality is asked on every page, in every file and answer: a walk through all addresses (A15).

A person and a company of level 3 hold a telling value in each field. Two readers who may do everything else walk every
address by GET: one who is cleared for the level, so that each group is met somewhere and the walk is no empty one; one
from whom the matrix hides everything but the list, who must meet nothing. A page added later is walked without being
named here.
"""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from openpyxl import load_workbook
from tests.factories import AccountFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory
from tests.files import samples

from keheng.cli.migrate import load_presets
from keheng.common import clock
from keheng.customers import operations
from keheng.customers.enums import (
    CaseKind,
    ConsentHow,
    DocumentKind,
    FieldGroup,
    IdentityProof,
    RelationKind,
    RuleTopic,
    Source,
)
from keheng.customers.models import (
    Assessment,
    Competitor,
    ContactPoint,
    Cooperation,
    Customer,
    Document,
    DuplicatePair,
    EmergencyAccess,
    Finding,
    GroupMember,
    Inspection,
    InspectionItem,
    KeyContact,
    PrivacyCase,
    Project,
    Questionnaire,
    Relation,
    Suggestion,
)
from keheng.customers.operations import cases, documents, dossier, relations
from keheng.customers.operations.consent import record_consent
from keheng.customers.operations.rules import change_rules
from keheng.customers.queries.rules import confidentiality_rules
from keheng.org.models import Staff
from keheng.ui.lists import ListView
from keheng.ui.permission_names import declared

pytestmark = pytest.mark.django_db

#: What a field holds, and what its mask looks like, by the group that the matrix knows it by.
TELLING = {
    FieldGroup.BASIC: ("养蜂专业户", "龟兹古城", "博士后出站", "1949-12-31", "1949年12月31日", "羌塘测绘所",
                       "首席养蜂官", "单口相声", "藏羚羊毛皮业"),
    FieldGroup.FINANCE: ("98.77万", "987,654.32", "987654.32", "77.66万", "跨海索道工程", "云杉联合银行",
                         "彩虹结算账户", "欧阳采薇", "司马长缨集团", "83.17", ">C4<"),
    FieldGroup.FAMILY: ("慕容紧急", "诸葛外甥", "上官监护"),
    FieldGroup.IDENTITY: ("11010519491231002X", "1101************2X"),
    FieldGroup.CONTACT: ("13812345678", "138****5678", "13987654321", "139****4321", "18600001111", "186****1111",
                         "13700002222", "137****2222", "13311112222", "133****2222"),
    FieldGroup.ACCOUNT: ("6228480000000012345", "**** 2345", "****2345"),
    FieldGroup.MEDIA: ("旧护照扫描件",),
}  # fmt: skip
EVERYWHERE = tuple(value for values in TELLING.values() for value in values)
LEFT_OUT = ("/accounts/", "/static/", "/notices/stream", "/api/v1/openapi", "/api/v1/docs")
PARAMETER = re.compile(r"<(\w+):(\w+)>")
SLUGS = {"section": ("basic", "work", "life", "emergency", "company", "sheet", "more", "contacts", "cooperation",
                     "competitors", "projects", "groups")}  # fmt: skip
WALKED = (Customer, ContactPoint, DuplicatePair, Finding, Inspection, InspectionItem, PrivacyCase, EmergencyAccess,
          Relation, Document, KeyContact, Cooperation, Competitor, Project, Suggestion)  # fmt: skip


@pytest.fixture
def owner(db: None) -> Staff:
    load_presets()
    return StaffFactory.create(name="管户人")


@pytest.fixture
def archives(owner: Staff) -> tuple[Customer, Customer]:
    """A person and a company of level 3 with a value in every field; told by operations, so that the trail knows."""
    at = clock.now()
    given: dict[str, Any] = {"actor": owner, "at": at}
    person = CustomerFactory.create(
        confidentiality=3, owner=owner, id_kind="resident", id_number="11010519491231002X",
        birth_date=date(1949, 12, 31), education="博士后出站",
    )  # fmt: skip
    twin = CustomerFactory.create(confidentiality=3, owner=owner, occupation="养蜂专业户")
    operations.change_customer(
        customer=person,
        facts={
            "occupation": "养蜂专业户", "native_place": "龟兹古城", "employer": "羌塘测绘所", "position": "首席养蜂官",
            "annual_income": Decimal("987654.32"), "other_interests": "单口相声", "emergency_name": "慕容紧急",
            "emergency_kinship": "sibling", "emergency_phone": "13987654321",
        },
        company={}, contacts={"mobile": "13812345678"}, **given,
    )  # fmt: skip
    Assessment.objects.create(
        customer=person, questionnaire=Questionnaire.objects.filter(kind="person").latest("pk"), answers={}, score=80,
        tolerance=Decimal("83.17"), preference=50, grade="C4", taken_on=clock.today(),
        valid_until=clock.today() + timedelta(days=365), channel="counter", by=owner, at=at,
    )  # fmt: skip
    ContactPointFactory.create(customer=twin, value="13812345678")
    AccountFactory.create(customer=person, number="6228480000000012345")
    operations.suggest(customer=person, field="occupation", value="养蜂专业户二", source=Source.VISIT, **given)
    operations.suggest(customer=person, field="mobile", value="13311112222", source=Source.VISIT, **given)
    outsider = {"outsider": "诸葛外甥", "outsider_phone": "18600001111"}
    relations.relate(customer=person, kind=RelationKind.RELATIVE, **outsider, **given)
    documents.add_document(
        customer=person, kind=DocumentKind.IDENTITY, title="旧护照扫描件", facts={"expires_on": clock.today()},
        upload=ContentFile(samples.pdf(), name="旧护照扫描件.pdf"), **given,
    )  # fmt: skip
    record_consent(
        customer=person, purpose="marketing", channels=["sms"], how=ConsentHow.COUNTER, guardian="上官监护", **given
    )
    company = CompanyFactory.create(
        customer__confidentiality=3, customer__owner=owner, industry="藏羚羊毛皮业", annual_sales=Decimal("987654.32")
    ).customer
    for model, values in (
        (KeyContact, {"name": "欧阳采薇", "decision_role": "decides", "phone": "13700002222"}),
        (Cooperation, {"product": "彩虹结算账户", "state": "current", "amount": Decimal("776600")}),
        (Competitor, {"institution": "云杉联合银行"}),
        (Project, {"name": "跨海索道工程", "state": "running", "amount": Decimal("776600")}),
        (GroupMember, {"group": "司马长缨集团", "role": "subsidiary"}),
    ):
        dossier.add_entry(model=model, customer=company, values=values, **given)
    Finding.objects.create(customer=person, rule="document_birth", severity="error", found_at=at)
    DuplicatePair.objects.create(left=person, right=twin, score=90, reasons=["phone"], against=[], found_at=at)
    cases.open_case(customer=person, kind=CaseKind.ACCESS, proof=IdentityProof.DOCUMENT, **given)
    EmergencyAccess.objects.create(customer=person, actor=owner, reason="夜间挂失", opened_at=at, expires_at=at)
    operations.refresh_completeness(at=at)
    operations.draw_irregular(branch=person.branch, title="抽查", due_on=clock.today(), count=5, **given)
    return person, company


@pytest.fixture
def hidden(archives: Any) -> None:
    """The matrix hides everything but the list from everybody who is not cleared for level 3."""
    content = confidentiality_rules().model_dump(mode="json")
    for group, levels in content["matrix"].items():
        if group != FieldGroup.LISTING:
            levels["3"] |= {"ordinary": 0, "restricted": 0}
    change_rules(
        topic=RuleTopic.CONFIDENTIALITY, content=content, reason="走查", actor=StaffFactory.create(), at=clock.now()
    )


def reader(*, cleared: bool) -> Staff:
    """Somebody who may do everything; ``cleared`` or not for level 3."""
    return StaffFactory.create(permissions=[name for name in declared() if cleared or name != "customers.strict"])


def addresses() -> Iterator[tuple[str, Any]]:
    """Every address that GET may ask for, for each record that was made for the walk, with the class of its view."""
    customers = _keys_of(Customer)
    others = sorted({key for model in WALKED for key in _keys_of(model)})
    for path, view_class in _patterns(get_resolver(), "/"):
        names = PARAMETER.findall(path)
        many = len([kind for kind, _name in names if kind == "int"]) > 1
        choices = [
            SLUGS.get(name, ()) if kind != "int" else customers if many and name == "pk" else others
            for kind, name in names
        ]
        for values in product(*choices):
            given = iter(values)
            yield PARAMETER.sub(lambda _found, given=given: next(given), path), view_class  # type: ignore[misc]


def _keys_of(model: Any) -> list[str]:
    return [str(key) for key in model.objects.values_list("pk", flat=True)]


def _patterns(resolver: Any, before: str) -> Iterator[tuple[str, Any]]:
    for part in resolver.url_patterns:
        path = before + str(part.pattern)
        if hasattr(part, "url_patterns"):
            yield from _patterns(part, path)
        elif not path.startswith(LEFT_OUT):
            yield path, getattr(part.callback, "view_class", None)


def _text(response: HttpResponseBase) -> str:
    """What an answer says: the page, or every cell of a workbook; nothing of a refusal."""
    if response.status_code != 200:
        return ""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if content[:2] != b"PK":
        return html.unescape(content.decode(errors="ignore"))
    rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    return " ".join(str(cell) for row in rows for cell in row)


def seen(client: Client, staff: Staff) -> tuple[dict[str, list[str]], int]:
    """Where each telling value was met, and how many addresses answered."""
    client.force_login(staff)
    found: dict[str, list[str]] = {}
    answered = 0
    for url, view_class in addresses():
        asked = [url]
        if isinstance(view_class, type) and issubclass(view_class, ListView):
            asked += [f"{url}?format=xlsx", f"{url}?format=print"]
        for address in asked:
            text = _text(client.get(address, headers={"HX-Request": "true"} if "?" not in address else {}))
            answered += bool(text)
            for value in EVERYWHERE:
                if value in text:
                    found.setdefault(value, []).append(address)
    for word in ("13812345678", "5678", "黄雅琴"):
        for value in EVERYWHERE:
            if value in _text(client.post("/search/", {"q": word})):
                found.setdefault(value, []).append(f"search {word}")
    return found, answered


def test_a15_what_the_matrix_hides_is_on_no_page_in_no_file_and_in_no_answer(client: Client, hidden: None) -> None:
    found, answered = seen(client, reader(cleared=False))
    assert answered > 150
    assert found == {}, "\n".join(f"{value}: {places[:4]}" for value, places in found.items())


def test_the_walk_meets_every_group_where_the_matrix_shows_it(client: Client, hidden: None) -> None:
    found, _answered = seen(client, reader(cleared=True))
    for group, values in TELLING.items():
        assert any(value in found for value in values), group
