"""The numbers and words of the rules are changed on their page, within the limits of the rules themselves (A3, A4)."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests.care.conftest import TODAY
from tests.factories import CustomerFactory

from keheng.care.enums.ownership import Source
from keheng.care.enums.tasks import RuleTopic
from keheng.care.forms.rules import PARTS, PartForm
from keheng.care.models import RuleVersion
from keheng.care.operations.calendars import load_lunar_months
from keheng.care.operations.contacts import correct_contact, log_contact
from keheng.care.operations.planning.occasions import festival_days
from keheng.care.policies.occasions import Festival
from keheng.care.policies.outcomes import Outcome
from keheng.care.queries.assignment import rules_in_force
from keheng.care.queries.quick_log import offers
from keheng.care.queries.rules import (
    cadence_rules,
    contribution_rules,
    lobby_rules,
    message_rules,
    occasion_rules,
    outcome_rules,
    preset,
    quick_log_rules,
    rules_of,
    supervision_rules,
)
from keheng.common import clock


def sent(part: str, **changed: object) -> dict[str, object]:
    """What the panel would send: the values in force, and those that differ."""
    found = PARTS[part]
    rules = rules_of(found.topic).rules
    form = PartForm(rules=rules, labels=found.labels(rules))
    given = {name: field.initial for name, field in form.fields.items() if name != "reason"}
    return {**given, "reason": "年度调整", **changed}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_with_what_is_in_force_and_saves_nothing_unchanged(
    bank: SimpleNamespace, client: Client, part: str
) -> None:
    client.force_login(bank.office)
    url = reverse("care:rule-part", args=[part])
    assert client.get(url).status_code == 200
    assert client.post(url, sent(part)).status_code == 204
    assert not RuleVersion.objects.exists()
    client.force_login(bank.manager)
    assert client.get(url).status_code == 403


def test_a4_the_numbers_of_leading_people_are_those_of_the_source() -> None:
    """A4 [002]: the manager reviews within the first five working days; A3 [004b1]: assigned within one month."""
    rules = preset(RuleTopic.SUPERVISION)
    assert (rules.analysis.review_within, rules.gaps.owner_escalate) == (5, 30)


def test_a_change_is_a_new_version_in_force(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.office)
    changes = {
        "supervision": {"gaps.cover_ahead": 7},
        "order": {"late_step": 8, "urgency.cadence": 41},
        "prompt": {"quotas.0.a_day": 4, "fresh.work_days": 2},
        "messages": {"templates.1.text": "{name}{sir}，生日快乐！"},
        "quick-log": {"steps": "再次电话，上门， 上门", "days": "2、5", "contacts_a_day": 4},
        "lobby": {"overtaken": 25, "long": 10},
    }
    for part, changed in changes.items():
        answer = client.post(reverse("care:rule-part", args=[part]), sent(part, **changed))
        assert answer.status_code == 204, answer.content.decode()
    assert supervision_rules().gaps.cover_ahead == 7
    order = contribution_rules().rules
    assert (order.late_step, order.urgency["cadence"]) == (8, 41)  # type: ignore[index]
    cadence = cadence_rules().rules
    assert (cadence.quotas[0].a_day, cadence.fresh.work_days, len(cadence.rules)) == (4, 2, 10)
    assert message_rules().rules.templates[1].text == "{name}{sir}，生日快乐！"
    page = client.get(reverse("care:rules")).content.decode()
    assert page.count("年度调整") == 6
    assert "提前 7 天" in page
    offered = offers(bank.outlet, TODAY)
    assert offered.steps == ("再次电话", "上门")
    assert len(offered.days) == 2
    assert (quick_log_rules().contacts_a_day, lobby_rules().overtaken, lobby_rules().long) == (4, 25, 10)


@pytest.mark.parametrize(
    ("part", "changed", "words"),
    [
        ("order", {"weights.revenue": 60}, "权重"),
        ("order", {"late_step": 101}, "100"),
        ("supervision", {"gaps.owner_escalate": 1}, "上一级"),
        ("supervision", {"analysis.review_within": 1}, "先"),
        ("supervision", {"checks.each": 0}, "1"),
        ("messages", {"templates.0.text": "长" * 501}, "500"),
        ("prompt", {"reason": ""}, "必填"),
        ("quick-log", {"days": "1、明天"}, "1, 3, 7"),
        ("quick-log", {"days": "0"}, "1"),
        ("quick-log", {"steps": "，"}, "1"),
        ("lobby", {"long": 0}, "1"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_changes(
    bank: SimpleNamespace, client: Client, part: str, changed: dict[str, object], words: str
) -> None:
    client.force_login(bank.office)
    answer = client.post(reverse("care:rule-part", args=[part]), sent(part, **changed))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not RuleVersion.objects.exists()


def test_a4_the_outcomes_are_changed_and_more_are_added(bank: SimpleNamespace, client: Client) -> None:
    """A contact that stands keeps what its outcome meant; what can be chosen no longer stays readable."""
    manager, customer = bank.manager, CustomerFactory.create(branch=bank.outlet, owner=bank.manager)
    contact = log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=clock.now())
    client.force_login(bank.office)
    changed = {"name": "已联系", "reason": "统一口径"}
    assert client.post(reverse("care:rule-change", args=["outcomes", "talked"]), changed).status_code == 204
    correct_contact(contact=contact, values={"note": "补记"}, reason="补充", actor=manager, at=clock.now())
    contact.refresh_from_db()
    assert contact.counts
    assert outcome_rules().rules.outcome("talked") == Outcome(code="talked", name="已联系", counts=False, active=False)
    added = {"name": "已上门，客户不在", "next": "on", "active": "on", "reason": "上门走访常见"}
    assert client.post(reverse("care:rule-add", args=["outcomes"]), added).status_code == 204
    assert client.post(reverse("care:rule-add", args=["outcomes"]), added | {"name": "另一种"}).status_code == 204
    own = [one for one in outcome_rules().rules.outcomes if one.code.startswith("own-")]
    assert [(one.code, one.counts, one.next) for one in own] == [("own-1", False, True), ("own-2", False, True)]
    client.force_login(manager)
    panel = client.get(reverse("care:log")).content.decode()
    assert "已上门，客户不在" in panel
    assert "已联系" not in panel
    with pytest.raises(ValidationError):
        log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=clock.now())


def test_an_outcome_must_be_left_that_counts(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.office)
    for outcome in preset(RuleTopic.OUTCOMES).outcomes:
        if outcome.counts:
            url = reverse("care:rule-change", args=["outcomes", outcome.code])
            answer = client.post(url, {"name": outcome.name, "active": "on", "reason": "x"})
    assert answer.status_code == 200
    assert any(one.counts for one in outcome_rules().rules.outcomes)


def test_a4_a_festival_is_added_and_greeted_on_its_day(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.office)
    added = {"name": "小年", "lunar": "on", "month": 12, "day": 23, "reason": "本地习俗"}
    assert client.post(reverse("care:rule-add", args=["festivals"]), added).status_code == 204
    page = client.get(reverse("care:rule-change", args=["occasions", "festival-message"])).content.decode()
    assert "小年" in page
    values = {
        "enabled": "on", "name": "节日短信问候", "urgency": 55, "days": "1", "aum_from": 200_000,
        "aum_below": 3_000_000, "festivals": ["own-1"], "template": "festival", "reason": "加小年",
    }  # fmt: skip
    url = reverse("care:rule-change", args=["occasions", "festival-message"])
    assert client.post(url, values).status_code == 204
    rules = occasion_rules().rules
    assert next(one for one in rules.rules if one.code == "festival-message").festivals == ("own-1",)
    assert "小年" in client.get(reverse("care:rules")).content.decode()
    refused = {"name": "二月三十", "month": 2, "day": 29, "reason": "x"}
    answer = client.post(reverse("care:rule-add", args=["festivals"]), refused)
    assert answer.status_code == 200
    assert "每年" in answer.content.decode()


@pytest.mark.parametrize(
    ("festival", "found"),
    [
        (Festival(code="last", name="月末", month=2, day=0), date(2027, 2, 28)),
        (Festival(code="spring", name="春节", lunar=True, month=1, day=1), date(2027, 2, 6)),
        (Festival(code="eve", name="除夕", lunar=True, month=12, day=0), date(2027, 2, 5)),
    ],
)
def test_the_days_of_festivals(db: None, festival: Festival, found: date) -> None:
    load_lunar_months()
    assert festival_days(festival, date(2027, 1, 15), date(2027, 3, 1)) == [found]


def test_rules_of_which_there_are_as_many_as_the_product_knows_take_no_more(
    bank: SimpleNamespace, client: Client
) -> None:
    client.force_login(bank.office)
    assert client.get(reverse("care:rule-add", args=["cadence"])).status_code == 404
    assert client.get(reverse("care:rule-change", args=["outcomes", "nothing"])).status_code == 404
    client.force_login(bank.manager)
    assert client.get(reverse("care:rule-add", args=["outcomes"])).status_code == 403


def test_no_such_part(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.office)
    assert client.get(reverse("care:rule-part", args=["nothing"])).status_code == 404


def test_which_owners_stay_and_which_tiers_need_a_name_are_changed_on_their_page(
    bank: SimpleNamespace, client: Client
) -> None:
    client.force_login(bank.office)
    rules = rules_in_force().rules
    limits = {**rules.adoption.model_dump(), **rules.hand_over.model_dump(), **rules.leaving.model_dump()}
    limits |= {f"capacity-{role}": number for role, number in rules.capacity.items()}
    kept = [Source.ADOPTED, Source.CHOICE, Source.REFERRED]
    answer = client.post(reverse("care:change-limits"), {**limits, "kept": kept, "reason": "转介客户也不动"})
    assert answer.status_code == 204, answer.content.decode()
    assert rules_in_force().rules.kept == tuple(kept)
    tier = {
        "roles": ["teller"], "posts": "低柜", "level": "outlet", "requires": ["wealth"], "adopt": "on", "by_name": "on",
        "reason": "到人",
    }  # fmt: skip
    assert client.post(reverse("care:change-tier-rule", args=["bank-retail", "T2"]), tier).status_code == 204
    found = rules_in_force().rules.rule_for("person", "T2")
    assert found
    assert found.by_name
    assert found.owner.requires == ("wealth",)
    assert "理财资格" in client.get(reverse("care:assignment-rules")).content.decode()
    assert found.refer_to == ("relationship-manager",), "what the panel does not show stays"
