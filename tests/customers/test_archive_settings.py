"""Settings of the archive (A1): fields of the institution's own, rules of reviews, risk questionnaires."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.approvals.operations import load_presets as load_limits
from keheng.customers import operations, queries
from keheng.customers.enums import RuleTopic
from keheng.customers.models import (
    ArchiveScore,
    CustomField,
    CustomValue,
    Questionnaire,
    QuestionnaireDraft,
    RuleVersion,
)
from keheng.customers.operations.custom import change_field, define_field, restore_field, retire_field
from keheng.customers.operations.questionnaires import ask_to_publish
from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff
from keheng.org.operations import load_presets as load_roles

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
DIALECT = {"code": "dialect", "label": "常用方言", "type": "one", "choices": ["温州话", "普通话"], "section": "basic"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client: Client) -> Staff:
    staff = StaffFactory.create(name="罗一豪")
    client.force_login(staff)
    return staff


# -- custom fields -----------------------------------------------------------------------------------------------------


def test_a1_a_field_is_defined_filled_in_weighed_and_retired(client: Client, head: Staff) -> None:
    sent = {**DIALECT, "choices": "温州话\n普通话\n\n温州话", "order": "10", "is_required": "on", "kind": "person"}
    assert client.post(reverse("archive:field-new"), sent).status_code == 204
    field = CustomField.objects.get()
    assert (field.choices, field.is_required, field.order) == (["温州话", "普通话"], True, 10)
    customer = CustomerFactory.create()
    panel = reverse("archive:section", args=[customer.pk, "basic"])
    form = client.get(panel).context["form"]
    basics = {"seen": form["seen"].value(), "source": "manager", "name": customer.name, "status": "active"}
    assert client.post(panel, basics).context["form"].errors["custom.dialect"]
    assert client.post(panel, basics | {"custom.dialect": "温州话"}).status_code == 204
    page = client.get(reverse("archive:fields")).content.decode()
    assert "常用方言" in page
    assert "罗一豪" in page
    rules = queries.quality_rules(RuleTopic.COMPLETENESS).rules.model_dump(mode="json")
    (weights,) = (one["weights"] for one in rules["profiles"] if one["kind"] == "person" and not one["tiers"])
    heaviest = max(weights, key=lambda code: weights[code])
    weights[heaviest] -= 5
    weights["custom_dialect"] = 5
    operations.change_quality_rules(topic=RuleTopic.COMPLETENESS, content=rules, reason="重视方言", actor=head, at=AT)
    other = CustomerFactory.create()
    operations.score_archives([customer.pk, other.pk])
    missing = dict(ArchiveScore.objects.values_list("customer_id", "missing"))
    assert "custom_dialect" not in missing[customer.pk]
    assert "custom_dialect" in missing[other.pk]
    card = client.get(reverse("quality:card", args=[other.pk])).content.decode()
    assert reverse("archive:section", args=[other.pk, "basic"]) in card
    with pytest.raises(ValidationError):
        retire_field(field=field, reason="不再询问", actor=head, at=AT)
    weights[heaviest] += weights.pop("custom_dialect")
    operations.change_quality_rules(topic=RuleTopic.COMPLETENESS, content=rules, reason="恢复", actor=head, at=AT)
    retire_field(field=field, reason="不再询问", actor=head, at=AT)
    assert "custom.dialect" not in client.get(panel).context["form"].fields
    assert CustomValue.objects.get().value == "温州话"
    restore_field(field=field, reason="恢复询问", actor=head, at=AT)
    assert "custom.dialect" in client.get(panel).context["form"].fields


def test_a_choice_that_archives_have_cannot_go(head: Staff) -> None:
    field = define_field(**DIALECT, actor=head, at=AT)
    customer = CustomerFactory.create()
    operations.change_customer(customer=customer, facts={"custom.dialect": "普通话"}, actor=head, at=AT)
    with pytest.raises(ValidationError):
        change_field(field=field, choices=["温州话"], actor=head, at=AT)
    change_field(field=field, choices=["温州话", "普通话", "英语"], label="方言", actor=head, at=AT)
    assert CustomField.objects.get().choices == ["温州话", "普通话", "英语"]


@pytest.mark.parametrize("wrong", [{"code": "9x"}, {"section": "nowhere"}, {"choices": []}, {"type": "text"}])
def test_what_is_no_field_is_refused(wrong: dict[str, Any], head: Staff) -> None:
    with pytest.raises(ValidationError):
        define_field(**{**DIALECT, **wrong}, actor=head, at=AT)
    assert not CustomField.objects.exists()


def test_only_the_head_office_defines_fields(client: Client) -> None:
    manager = StaffFactory.create(scope=DataScope.SUBTREE)
    with pytest.raises(PermissionDenied):
        define_field(**DIALECT, actor=manager, at=AT)
    client.force_login(manager)
    assert client.get(reverse("archive:field-new")).status_code == 403


# -- reviews -----------------------------------------------------------------------------------------------------------


def test_a1_periods_and_occasions_are_changed_on_the_page(client: Client, head: Staff) -> None:
    url = reverse("quality:rules-of", args=["reviews"])
    form = client.get(url).context["form"]
    assert form["information__4"].value() == 6
    assert form["information__-1"].value() is None
    sent = {name: "" if (value := form[name].value()) in (None, False) else value for name in form.fields}
    sent |= {"information__2": "18", "days__contact": "5", "reason": "成长客户更勤"}
    assert client.post(url, sent).status_code == 302
    rules = queries.quality_rules(RuleTopic.REVIEWS).rules
    assert [rules.months_of("information", rank) for rank in range(-1, 6)] == [None, None, 36, 18, 12, 6, 6]
    assert rules.occasion("contact").days == 5
    assert rules.occasion("contact").fields == ("contact",)
    assert RuleVersion.objects.get().made_by == head
    assert "罗一豪" in client.get(url).content.decode()


# -- questionnaires ----------------------------------------------------------------------------------------------------


@pytest.fixture
def presets() -> None:
    load_roles()
    load_limits()
    operations.load_questionnaires()


def _as_sent(form: Any) -> dict[str, Any]:
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


@pytest.mark.usefixtures("presets")
@pytest.mark.django_db(transaction=True)
def test_a1_a_questionnaire_is_drafted_tried_and_published_by_a_second_person(client: Client) -> None:
    office = BranchFactory.create()
    author, second = (
        StaffFactory.create(branch=office, role=Role.objects.get(code=code))
        for code in ("head-office-manager", "risk-officer")
    )
    client.force_login(author)
    page = client.get(reverse("archive:questionnaires"))
    assert page.status_code == 200
    client.post(reverse("archive:questionnaires"), {"kind": "person"})
    draft = QuestionnaireDraft.objects.get()
    url = reverse("archive:questionnaire-draft", args=[draft.pk])
    sent = _as_sent(client.get(url).context["form"])
    last = len(draft.definition["questions"])
    sent |= {"valid_months": "6", f"q{last}_text": "您的投资期限？"}
    refused = client.post(url, sent | {f"q{last}_options": "一年以内"})
    assert refused.context["form"].errors[f"q{last}_options"]
    sent[f"q{last}_options"] = "一年以内 | 0 | C2\n一年以上 | 4"
    assert client.post(url, sent).status_code == 302
    draft.refresh_from_db()
    added = draft.definition["questions"][-1]
    assert (added["text"], added["options"][0]["cap"], added["options"][1]["points"]) == ("您的投资期限？", "C2", 4)
    assert draft.definition["questions"][0]["text_en"]  # what was left alone keeps its English
    trial = {asked["code"]: len(asked["options"]) - 1 for asked in draft.definition["questions"]}
    assert client.get(url, {"try": 1, **trial}).context["result"].grade in {"C1", "C2", "C3", "C4", "C5"}
    assert Questionnaire.objects.count() == 1
    client.post(url, {"act": "ask", "reason": "缩短有效期"})
    request = Request.objects.get()
    with pytest.raises(PermissionDenied):
        decide(request=request, outcome=Act.APPROVE, actor=author, reason="同意", at=AT)
    decide(request=request, outcome=Act.APPROVE, actor=second, reason="同意", at=AT)
    newest = Questionnaire.objects.first()
    assert newest is not None
    assert (newest.number, newest.definition["valid_months"]) == (2, 6)
    shown = client.get(reverse("archive:questionnaire", args=[newest.pk])).content.decode()
    assert "您的投资期限？" in shown
    assert author.name in shown


@pytest.mark.usefixtures("presets")
def test_who_did_not_write_the_draft_does_not_ask_for_it(head: Staff) -> None:
    draft = QuestionnaireDraft.objects.create(
        kind="person", definition=Questionnaire.objects.get().definition, made_by=head, changed_at=AT
    )
    with pytest.raises(ValidationError):
        ask_to_publish(draft=draft, reason="更新", actor=StaffFactory.create(), at=AT)
