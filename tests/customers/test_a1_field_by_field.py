"""Every field of A1, one a row: where it stands on a page, and under which key the API tells it.

A person and a company are filled in whole, by the operations that pages use. Each row is then looked up on the page it
names, as a browser is sent it, and in the answer of the API.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from tests.factories import (
    AccountFactory,
    CompanyFactory,
    CustomerFactory,
    ProductFactory,
    StaffFactory,
)
from tests.files import samples

from keheng.care.models import Contact
from keheng.cli.migrate import load_presets
from keheng.common import clock
from keheng.customers import operations
from keheng.customers.enums import AssessmentChannel, DocumentKind, RelationKind
from keheng.customers.models import (
    Competitor,
    Cooperation,
    Customer,
    GroupMember,
    KeyContact,
    LossContact,
    LossFile,
    Project,
    PushFeedback,
)
from keheng.customers.operations import documents, dossier, papers, relations
from keheng.customers.queries.risk import questionnaire_for, questions_of
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures, Holding, MonthActivity

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Row:
    """A field of A1 in its words; ``source`` is the document that asks for it.

    Attributes:
        page: the address name of the page or fragment, of whose pages ``words`` is the text.
        api: where below ``/api/v1/`` it is told; ``{pk}`` is the customer.
        key: the key of the answer (in sections: the code of the field) and ``value`` what stands there.
    """

    field: str
    source: str
    page: str
    words: str
    api: str
    key: str
    value: Any = None


ARCHIVE = "customers/{pk}/sections"
POINTS, RISK = "customers/{pk}/contacts", "customers/{pk}/risk"
DOSSIER, RELATIONS, DOCUMENTS = "customers/{pk}/dossier", "customers/{pk}/relations", "customers/{pk}/documents"
ASSETS, PAPERS = "portfolio/customers/{pk}", "customers/{pk}/papers"


def section(field: str, source: str, code: str, words: str, page: str = "archive:tab") -> Row:
    """A field of the catalogue: the page and the API tell the same words."""
    return Row(field, source, page, words, ARCHIVE, code, words)


PERSON = (
    section("姓名 name", "001", "name", "林若溪"),
    section("性别 sex", "001", "sex", "女"),
    Row("年龄 age", "001", "customer", "76 岁", "customers/{pk}", "birth_date", "1949-12-31"),
    section("籍贯 native place", "001", "native_place", "浙江温州"),
    section("身份证号 ID number", "001", "id_number", "1101************2X"),
    Row("手机 phone", "001", "archive:tab", "138****5678", POINTS, "mask", "138****5678"),
    Row("邮箱 e-mail", "001", "archive:tab", "l****@example.com", POINTS, "kind", "email"),
    Row("微信 WeChat", "001", "archive:tab", "微信", POINTS, "kind", "wechat"),
    Row("地址 address", "004a", "archive:tab", "地址", POINTS, "kind", "address"),
    Row("备用电话 backup phone", "003", "archive:tab", "139****4321", POINTS, "kind", "backup"),
    Row("方便联系的时间 preferred time", "003", "archive:tab", "工作日晚上", POINTS, "preferred_time",
        "工作日晚上"),
    section("紧急联系人 emergency contact", "001", "emergency_name", "林若海"),
    section("紧急联系人关系", "001", "emergency_kinship", "兄弟姐妹"),
    section("紧急联系人电话", "001", "emergency_phone", "137****2222"),
    section("工作单位 employer", "001", "employer", "瓯江测绘所"),
    section("职务 position", "001", "position", "所长"),
    section("职业 occupation", "004a", "occupation", "工程师"),
    section("收入 income", "001", "annual_income", "80.00万"),
    section("爱好 hobbies", "001", "interests", "旅游、茶艺"),
    section("其他爱好", "001", "other_interests", "弹古琴"),
    section("消费习惯 spending habit", "004a", "spending_habit", "计划型"),
    section("生日 birthday", "004a", "birth_date", "1949-12-31"),
    Row("风险偏好 risk appetite", "004a", "archive:risk", "偏好", RISK, "preference"),
    Row("风险承受能力 tolerance", "001", "archive:risk", "承受能力", RISK, "tolerance"),
    Row("风险等级与有效期", "001", "archive:risk", "有效期至", RISK, "valid_until"),
    section("投资偏好 investment preference", "002", "investments", "基金、股票"),
    section("交易习惯 trading habit", "002", "trading_habit", "短线波段为主"),
    section("服务需求 service need", "002", "do_not_disturb", "不愿打扰"),
    section("理财需求 wealth need, content × manner", "002", "wealth_needs", "研究报告（短信、电话）"),
    section("交易方式 trading mode", "002", "trading_mode", "现场"),
    section("终端客户、加盟商、代理商 (A2)", "000", "trading_party", "加盟商"),
    section("佣金 commission", "002", "commission_rate", "2.5"),
    section("佣金现状 commission status", "002", "commission_note", "已申请下调"),
    Row("客户分类 client class", "002", "customer", "白金", "customers/{pk}", "tier", "T4"),
    Row("客户沟通记录 communication log", "002", "customer-timeline", "约定面谈",
        "desk/customers/{pk}/timeline", "text", "约定面谈"),
    Row("重点推送报告反馈表 report", "002", "archive:papers", "消费行业月报", PAPERS, "report", "消费行业月报"),
    Row("推送日期与渠道 push", "002", "archive:papers", "短信", PAPERS, "channel", "sms"),
    Row("接受程度 acceptance", "002", "archive:papers", "已据此交易", PAPERS, "acceptance", "traded"),
    Row("流失客户档案表 loss date", "002", "archive:papers", "2026-11-10 流失", PAPERS, "lost_on", "2026-11-10"),
    Row("流失：资产市值 assets", "002", "archive:papers", "10.00万", PAPERS, "assets"),
    Row("流失：类别 class", "002", "archive:papers", "客观原因", PAPERS, "tier", "T4"),
    Row("流失：服务员工 service employee", "002", "archive:papers", "服务员工", PAPERS, "server_id"),
    Row("流失：主要原因 main reason", "002", "archive:papers", "随子女迁居", PAPERS, "reason", "随子女迁居"),
    Row("流失：其他 other", "002", "archive:papers", "仍持有保险", PAPERS, "note", "仍持有保险"),
    Row("后续联系 content", "002", "archive:papers", "介绍新产品", PAPERS, "content", "介绍新产品"),
    Row("后续联系：客户反应 reaction", "002", "archive:papers", "愿意考虑", PAPERS, "reaction", "愿意考虑"),
    Row("照片 photo", "003", "archive:documents", "客户照片", DOCUMENTS, "kind", "photo"),
    Row("家庭关系 family", "001", "archive:relations", "林若山", RELATIONS, "name", "林若山"),
    Row("账户 accounts", "001", "customer-assets", "****2345", ASSETS, "mask", "****2345"),
    Row("持有产品 holdings", "001", "customer-assets", "稳健理财一号", ASSETS, "product", "稳健理财一号"),
    Row("交易 transactions", "001", "customer-assets", "31", ASSETS, "transactions", 31),
    Row("保密级别 confidentiality", "001", "archive:tab", "二级", "customers/{pk}", "confidentiality", 2),
)  # fmt: skip

COMPANY = (
    section("公司名称 name", "003", "name", "瓯江鞋业有限公司"),
    section("行业 industry", "003", "industry", "制造业"),
    section("员工 employees", "003", "employees", "320"),
    section("年销售额 annual sales", "003", "annual_sales", "1.20亿"),
    section("总资产 total assets", "003", "total_assets", "9,000.00万"),
    Row("关键联系人 key contacts", "003", "archive:dossier", "周建国", DOSSIER, "name", "周建国"),
    Row("职务 job title", "003", "archive:dossier", "财务总监", DOSSIER, "post", "财务总监"),
    Row("联系人电话", "003", "archive:dossier", "136****3333", DOSSIER, "phone_mask", "136****3333"),
    Row("过去合作 past cooperation", "003", "archive:dossier", "票据贴现", DOSSIER, "state", "past"),
    Row("当前合作 current cooperation", "003", "archive:dossier", "代发工资", DOSSIER, "state",
        "current"),
    Row("预期合作 expected cooperation", "003", "archive:dossier", "项目贷款", DOSSIER, "likelihood", 60),
    Row("竞争对手 competitors", "003", "archive:dossier", "云杉银行", DOSSIER, "institution", "云杉银行"),
    Row("工程信息库 project library", "003", "archive:dossier", "厂区收单", DOSSIER, "name", "厂区收单"),
    Row("工程健康手册 health handbook", "003", "archive:dossier", "终端老化", DOSSIER, "finding",
        "终端老化"),
    Row("集团 group", "003", "archive:dossier", "瓯江集团", DOSSIER, "name", "瓯江集团"),
    Row("店面照片 shop image", "003", "archive:documents", "门店照片", DOCUMENTS, "kind", "shop"),
)  # fmt: skip


@pytest.fixture
def reader(client: Client, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.setattr("keheng.common.clock.today", lambda: TODAY)
    load_presets()
    staff = StaffFactory.create(name="林建峰")
    client.force_login(staff)
    return staff


@pytest.fixture
def person(reader: Staff) -> Customer:
    given: dict[str, Any] = {"actor": reader, "at": clock.now()}
    customer = CustomerFactory.create(name="林若溪", sex="f", tier="T4", tier_rank=4, confidentiality=2)
    operations.change_customer(
        customer=customer,
        facts={
            "id_kind": "resident", "id_number": "11010519491231002X", "birth_date": date(1949, 12, 31),
            "occupation": "工程师", "native_place": "浙江温州", "employer": "瓯江测绘所", "position": "所长",
            "annual_income": Decimal(800_000), "interests": ["travel", "tea"], "other_interests": "弹古琴",
            "spending_habit": "planned", "emergency_name": "林若海", "emergency_kinship": "sibling",
            "emergency_phone": "13700002222", "investments": ["funds", "stocks"], "trading_habit": "swing",
            "do_not_disturb": True, "wealth_needs": ["research.sms", "research.phone"], "trading_mode": "on-site",
            "trading_party": "franchise",
            "commission_rate": Decimal("2.5"), "commission_note": "已申请下调",
        },
        contacts={"email": "linruoxi@example.com", "wechat": "lin_ruoxi", "address": "温州市鹿城区五马街 1 号",
                  "backup": "13987654321"},
        **given,
    )  # fmt: skip
    mobile = {"kind": "mobile", "value": "13812345678", "preferred_time": "工作日晚上"}
    operations.set_contact_point(customer=customer, **mobile, **given)
    questions = questions_of(questionnaire_for("person", TODAY)).questions
    operations.take_assessment(
        customer=customer, answers={asked.code: 0 for asked in questions}, channel=AssessmentChannel.COUNTER,
        taken_on=TODAY, **given,
    )  # fmt: skip
    relations.relate(customer=customer, kind=RelationKind.SIBLING, outsider="林若山", **given)
    documents.add_document(
        customer=customer, kind=DocumentKind.PHOTO, upload=ContentFile(samples.picture(), name="照片.jpg"), **given
    )
    Contact.objects.create(
        customer=customer, staff=reader, role="branch-head", branch=customer.branch, channel="phone", at=clock.now(),
        outcome="appointment", counts=True, rules=0, note="约定面谈", logged_at=clock.now(),
    )  # fmt: skip
    papers.add_paper(
        model=PushFeedback, customer=customer, **given,
        values={"report": "消费行业月报", "pushed_on": TODAY, "channel": "sms", "acceptance": "traded"},
    )  # fmt: skip
    papers.add_paper(
        model=LossFile, customer=customer, **given,
        values={"lost_on": date(2026, 11, 10), "assets": Decimal(100_000), "cause": "objective",
                "reason": "随子女迁居", "note": "仍持有保险"},
    )  # fmt: skip
    papers.add_paper(
        model=LossContact, customer=customer, **given,
        values={"contacted_on": TODAY, "content": "介绍新产品", "reaction": "愿意考虑"},
    )  # fmt: skip
    AccountFactory.create(customer=customer, number="6228480000000012345")
    product = ProductFactory.create(name="稳健理财一号")
    Holding.objects.create(customer=customer, product=product, amount=Decimal(100_000), as_of=TODAY)
    CurrentFigures.objects.create(customer=customer, as_of=TODAY, aum=Decimal(100_000))
    amounts = {name: Decimal(0) for name in ("balance", "balance_average", "inflow", "outflow", "fees")}
    counts = {"lots": 0, "accounts": 1, "active_accounts": 1, "transactions": 31, "own_transactions": 31}
    MonthActivity.objects.create(
        customer=customer, month_end=date(2026, 10, 31), source="core", through=date(2026, 10, 31), **amounts, **counts
    )
    return customer


@pytest.fixture
def company(reader: Staff) -> Customer:
    given: dict[str, Any] = {"actor": reader, "at": clock.now()}
    size = {"employees": 320, "annual_sales": Decimal(120_000_000), "total_assets": Decimal(90_000_000)}
    customer = CompanyFactory.create(customer__name="瓯江鞋业有限公司", industry="manufacturing", **size).customer
    entries: tuple[tuple[Any, dict[str, Any]], ...] = (
        (KeyContact, {"name": "周建国", "post": "财务总监", "decision_role": "decides", "phone": "13600003333"}),
        (Cooperation, {"product": "票据贴现", "state": "past"}),
        (Cooperation, {"product": "代发工资", "state": "current"}),
        (Cooperation, {"product": "项目贷款", "state": "expected", "likelihood": 60}),
        (Competitor, {"institution": "云杉银行"}),
        (Project, {"name": "厂区收单", "state": "service"}),
        (GroupMember, {"group": "瓯江集团", "role": "head"}),
    )
    for model, values in entries:
        dossier.add_entry(model=model, customer=customer, values=values, **given)
    found = {"grade": "watch", "finding": "终端老化", "checked_on": TODAY - timedelta(days=1)}
    dossier.record_check(project=Project.objects.get(), **found, **given)
    documents.add_document(
        customer=customer, kind=DocumentKind.SHOP, upload=ContentFile(samples.picture(), name="门店.jpg"), **given
    )
    return customer


def test_a1_every_field_of_a_person(client: Client, person: Customer) -> None:
    assert _lacking(client, person, PERSON) == []


def test_a1_every_field_of_a_company(client: Client, company: Customer) -> None:
    assert _lacking(client, company, COMPANY) == []


def _lacking(client: Client, customer: Customer, rows: tuple[Row, ...]) -> list[str]:
    """What the pages and answers do not say, in words."""
    pages = {name: strip_tags(client.get(reverse(name, args=[customer.pk])).content.decode())
             for name in {row.page for row in rows}}  # fmt: skip
    answers = {path: client.get("/api/v1/" + path.format(pk=customer.pk)).json() for path in {row.api for row in rows}}
    found = [f"{row.field}: “{row.words}” is not on {row.page}" for row in rows if row.words not in pages[row.page]]
    for row in rows:
        told = list(_under(answers[row.api], row.key))
        if not told or (row.value is not None and row.value not in told):
            found.append(f"{row.field}: {row.key} of {row.api} tells {told}, not {row.value!r}")
    return found


def _under(answer: Any, key: str) -> Iterator[Any]:
    """What an answer tells under a key, however deep; a field of a section is told by its code."""
    if isinstance(answer, list):
        for part in answer:
            yield from _under(part, key)
    elif isinstance(answer, dict):
        if answer.get("code") == key and "text" in answer:
            yield answer["text"]
        elif key in answer:
            yield answer[key]
        for part in answer.values():
            yield from _under(part, key)
