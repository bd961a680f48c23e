"""The tab 档案: four classes, fields with their sources, editing in place, and two editors of one customer."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.enums import Source
from keheng.customers.models import Customer, CustomField, CustomValue, Person, Review, Suggestion

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Any:
    staff = StaffFactory.create(name="林建峰")
    client.force_login(staff)
    return staff


def section_url(customer: Customer, section: str) -> str:
    return reverse("archive:section", args=[customer.pk, section])


def form_of(client: Client, customer: Customer, section: str) -> dict[str, str]:
    """What the form carries, as a browser would send it back."""
    form = client.get(section_url(customer, section) + "?edit").context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def test_a1_the_four_classes_stand_on_one_tab(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    ContactPointFactory.create(customer=customer)
    page = client.get(reverse("archive:tab", args=[customer.pk])).content.decode()
    for words in ("信息档案", "风险评估档案", "服务分级档案", "保密级别"):
        assert words in page
    for words in ("籍贯", "工作单位", "职务", "年收入", "兴趣爱好", "消费习惯", "紧急联系人", "投资偏好", "交易习惯",
                  "服务需求", "理财需求", "交易方式", "佣金现状"):  # fmt: skip
        assert words in page
    assert "13812345678" not in page


def test_a_section_is_edited_in_its_place_and_shows_its_source(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    sent = form_of(client, customer, "work") | {"employer": "鑫恒鞋业", "annual_income": "800000", "source": "visit"}
    page = client.post(section_url(customer, "work"), sent).content.decode()
    assert "鑫恒鞋业" in page
    assert "80.00万" in page
    assert "走访记录" in page
    assert Person.objects.get().employer == "鑫恒鞋业"


def test_what_cannot_be_is_said_beside_the_field(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    sent = form_of(client, customer, "emergency") | {"emergency_phone": "12", "emergency_name": "林芳"}
    response = client.post(section_url(customer, "emergency"), sent)
    assert response.context["form"].errors["emergency_phone"]
    assert not Person.objects.exists()


def test_the_second_editor_chooses_field_by_field(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create(occupation="个体户")
    mine = form_of(client, customer, "work")
    other = StaffFactory.create(name="王倩")
    operations.change_customer(customer=customer, facts={"occupation": "教师", "position": "主任"}, actor=other, at=AT)
    sent = mine | {"occupation": "企业主", "employer": "鑫恒鞋业"}
    response = client.post(section_url(customer, "work"), sent)
    page = response.content.decode()
    assert "王倩" in page
    assert "教师" in page
    assert "企业主" in page
    assert not Person.objects.filter(employer="鑫恒鞋业").exists()
    seen = response.context["form"]["seen"].value()
    client.post(section_url(customer, "work"), sent | {"seen": seen, "choose-occupation": "theirs"})
    person = Person.objects.get()
    assert Customer.objects.get().occupation == "教师"
    assert (person.employer, person.position) == ("鑫恒鞋业", "主任")


def test_custom_fields_are_fields_like_any_other(client: Client, manager: Any) -> None:
    CustomField.objects.create(
        code="dialect", label="常用方言", type="one", choices=["温州话", "普通话"], section="basic"
    )
    customer = CustomerFactory.create()
    sent = form_of(client, customer, "basic")
    page = client.post(section_url(customer, "basic"), sent | {"custom.dialect": "温州话"}).content.decode()
    assert "常用方言" in page
    assert CustomValue.objects.get().value == "温州话"
    refused = client.post(section_url(customer, "basic"), sent | {"custom.dialect": "粤语"})
    assert refused.context["form"].errors["custom.dialect"]


def test_a_suggestion_is_taken_over_from_the_tab(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    suggestion = operations.suggest(
        customer=customer, field="employer", value="鑫恒鞋业", source=Source.VISIT, actor=manager, at=AT
    )
    assert suggestion is not None
    assert "鑫恒鞋业" in client.get(reverse("archive:tab", args=[customer.pk])).content.decode()
    client.post(reverse("archive:decide", args=[suggestion.pk]), {"decision": "accept"})
    assert Person.objects.get().employer == "鑫恒鞋业"


def test_a1_the_reminder_at_the_counter_is_on_the_card(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    url = reverse("archive:reviews", args=[customer.pk])
    client.post(url, {"note": "手机号已停机", "at_counter": "on"})
    assert "手机号已停机" in client.get(url).content.decode()
    client.post(url, {"review": Review.objects.get().pk, "outcome": "updated"})
    assert Review.objects.get().outcome == "updated"


def test_the_questionnaire_is_answered_on_the_tab(client: Client, manager: Any) -> None:
    operations.load_questionnaires()
    customer = CustomerFactory.create()
    url = reverse("archive:risk", args=[customer.pk])
    form = client.get(url + "?edit").context["form"]
    sent = {question.name: "1" for question in form.questions} | {"taken_on": "2026-01-05", "channel": "counter"}
    sent["capacity"] = "0"
    assert re.search(r"C[1-5]", client.post(url, sent).content.decode())
    assert client.post(url, {}).context["form"].errors["aim"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_work_lists_do_not_query_by_row(
    rows: int, client: Client, manager: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _place in range(rows):
        customer = CustomerFactory.create(tier_rank=4, owner=manager)
        operations.open_reviews(trigger="contact", customer_ids=[customer.pk], at=AT)
        operations.suggest(
            customer=customer, field="employer", value="鑫恒鞋业", source=Source.VISIT, actor=manager, at=AT
        )
    assert Suggestion.objects.count() == rows
    for name in ("archive:review-list", "archive:suggestion-list"):
        with django_assert_max_num_queries(14):
            response = client.get(reverse(name))
        assert len(response.context["rows"]) == rows
