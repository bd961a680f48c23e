"""The tab 档案: four classes, fields with their sources, editing at the side, and two editors of one customer."""

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
from keheng.customers.models import ContactPoint, Customer, CustomField, CustomValue, Person, Review, Suggestion

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
    form = client.get(section_url(customer, section)).context["form"]
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


def tab_of(client: Client, customer: Customer) -> str:
    return client.get(reverse("archive:tab", args=[customer.pk])).content.decode()


def test_a_section_is_edited_at_the_side_and_shows_its_source(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    sent = form_of(client, customer, "work") | {"employer": "鑫恒鞋业", "annual_income": "800000", "source": "visit"}
    assert "side-done" in client.post(section_url(customer, "work"), sent)["HX-Trigger"]
    page = tab_of(client, customer)
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


def test_a_contact_point_is_added_changed_and_removed(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    add = reverse("archive:contact-add", args=[customer.pk])
    assert client.get(add + "?kind=backup").context["form"]["kind"].value() == "backup"
    refused = client.post(add, {"kind": "mobile", "value": "12", "told_by": "manager"})
    assert refused.context["form"].errors["value"]
    client.post(add, {"kind": "mobile", "value": "13812345678", "is_primary": "on", "told_by": "manager"})
    point = ContactPoint.objects.get()
    change = reverse("archive:contact-change", args=[customer.pk, point.pk])
    sent = {"value": "13987654321", "is_primary": "on", "preferred_time": "工作日晚上", "told_by": "visit"}
    assert client.post(change, sent).status_code == 204
    point.refresh_from_db()
    assert (point.value, point.preferred_time) == ("13987654321", "工作日晚上")
    assert "139****4321" in tab_of(client, customer)
    told = client.get(reverse("customer-changes", args=[customer.pk])).content.decode()
    assert "138****5678" in told  # what stood there
    assert "13812345678" not in told
    ContactPointFactory.create(customer=customer, value="13700000000")
    assert client.post(change, sent | {"value": "13700000000"}).context["form"].errors["value"]
    remove = reverse("archive:contact-remove", args=[customer.pk, point.pk])
    assert client.post(remove, {"reason": "空号"}).status_code == 204
    assert not ContactPoint.objects.filter(pk=point.pk).exists()


def test_the_second_editor_of_a_contact_point_is_told_what_stands_there(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    point = ContactPointFactory.create(customer=customer, value="13812345678")
    change = reverse("archive:contact-change", args=[customer.pk, point.pk])
    seen = client.get(change).context["form"]["seen"].value()
    other = StaffFactory.create(name="王倩")
    operations.change_contact_point(point=point, value="13987654321", is_primary=True, actor=other, at=AT)
    mine = {"value": "13711112222", "is_primary": "on", "told_by": "manager", "seen": seen}
    refused = client.post(change, mine)
    assert "王倩" in refused.content.decode()
    assert "139****4321" in str(refused.context["form"].errors["value"])
    point.refresh_from_db()
    assert point.value == "13987654321"
    gone = client.post(
        reverse("archive:contact-remove", args=[customer.pk, point.pk]), {"reason": "空号", "seen": seen}
    )
    assert gone.status_code == 200
    assert ContactPoint.objects.filter(pk=point.pk).exists()
    again = refused.context["form"]["seen"].value()
    assert client.post(change, mine | {"seen": again}).status_code == 204
    point.refresh_from_db()
    assert point.value == "13711112222"


def test_the_card_of_what_is_missing_opens_the_panel_that_fills_it(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create()
    operations.refresh_completeness(at=AT)
    page = client.get(reverse("quality:card", args=[customer.pk])).content.decode()
    assert section_url(customer, "work") in page
    assert reverse("archive:contact-add", args=[customer.pk]) + "?kind=mobile" in page


def test_the_facts_at_the_left_can_be_loaded_anew(client: Client, manager: Any) -> None:
    customer = CustomerFactory.create(occupation="个体户")
    url = reverse("customer-facts", args=[customer.pk])
    assert url in client.get(reverse("customer", args=[customer.pk])).content.decode()
    operations.change_customer(customer=customer, facts={"occupation": "教师"}, actor=manager, at=AT)
    assert "教师" in client.get(url).content.decode()


def test_custom_fields_are_fields_like_any_other(client: Client, manager: Any) -> None:
    CustomField.objects.create(
        code="dialect", label="常用方言", type="one", choices=["温州话", "普通话"], section="basic"
    )
    customer = CustomerFactory.create()
    sent = form_of(client, customer, "basic")
    client.post(section_url(customer, "basic"), sent | {"custom.dialect": "温州话"})
    assert "常用方言" in tab_of(client, customer)
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
    assert client.post(url, sent).status_code == 204
    assert re.search(r"C[1-5]", client.get(url).content.decode())
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
