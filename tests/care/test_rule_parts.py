"""The numbers and words of the rules are changed on their page, within the limits of the rules themselves (A3, A4)."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from keheng.care.enums.ownership import Source
from keheng.care.enums.tasks import RuleTopic
from keheng.care.forms.rules import PARTS, PartForm
from keheng.care.models import RuleVersion
from keheng.care.queries.assignment import rules_in_force
from keheng.care.queries.rules import (
    cadence_rules,
    contribution_rules,
    message_rules,
    preset,
    rules_of,
    supervision_rules,
)


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
    assert page.count("年度调整") == 4
    assert "提前 7 天" in page


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
    tier = {"roles": ["teller"], "posts": "低柜", "level": "outlet", "adopt": "on", "by_name": "on", "reason": "到人"}
    assert client.post(reverse("care:change-tier-rule", args=["bank-retail", "T2"]), tier).status_code == 204
    found = rules_in_force().rules.rule_for("person", "T2")
    assert found
    assert found.by_name
    assert found.refer_to == ("relationship-manager",), "what the panel does not show stays"
