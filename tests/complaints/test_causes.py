"""The tree of causes as people change it, what follows from complaints, and that what was used stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.complaints.conftest import MONDAY, person

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.approvals.queries import evidence
from keheng.audit.models import Entry
from keheng.complaints.enums import Degree, Grade, Kind
from keheng.complaints.models import Cause, CauseVersion, Complaint, ConsequenceVersion
from keheng.complaints.operations import causes, load_presets
from keheng.complaints.operations.consequence_rules import CONSEQUENCES, propose_consequences
from keheng.complaints.operations.reviewing import classify
from keheng.complaints.policies.causes import Fault, Node, fault
from keheng.complaints.queries.causes import offered
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.queries.letters import consequences_on
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff
from keheng.versions.queries import waiting

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]


type Approve = Callable[[Request], None]


@pytest.fixture
def boss(branch: Branch) -> Staff:
    return person(branch, "administrator", "管理员")


@pytest.fixture
def second(branch: Branch) -> Staff:
    return person(branch, "head-office-manager", "总行")


@pytest.fixture
def approve(second: Staff, django_capture_on_commit_callbacks: Any) -> Approve:
    """A second person approves a proposal, and what follows is carried out."""

    def run(request: Request) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            decide(request=request, outcome=Answer.APPROVE, actor=second, reason="", at=MONDAY)

    return run


def test_the_tree_ships_as_its_first_version_and_loading_again_makes_none(branch: Branch) -> None:
    assert CauseVersion.objects.get().number == 1
    load_presets()
    assert CauseVersion.objects.count() == 1


def test_causes_are_added_named_anew_retired_and_each_change_is_a_version(
    classified: Made, boss: Staff, second: Staff, officer: Staff, approve: Approve
) -> None:
    waiting = Cause.objects.get(code="waiting")
    given: dict[str, Any] = {"actor": boss, "at": MONDAY}
    asked = causes.add_cause(
        kind=Kind.SERVICE,
        code="lobby",
        name="大堂引导不到位",
        parent=waiting,
        words="大堂没人引导 不知道去哪个窗口",
        reason="2026 年第 3 次会议",
        **given,
    )
    assert not Cause.objects.filter(code="lobby").exists(), "nothing changes before a second person approves"
    approve(asked)
    made = Cause.objects.get(code="lobby")
    assert suggestions("大堂没人引导，不知道去哪个窗口")[0].key == made
    assert (made.pk, f"{waiting} / {made}") in dict(offered())[str(Kind.SERVICE.label)]
    approve(causes.change_cause(cause=made, name="大堂引导", parent=None, order=15, reason="简化", **given))
    complaint = classified(cause="lobby")
    approve(causes.set_in_use(cause=made, in_use=False, reason="并入等候", **given))
    complaint.refresh_from_db()
    version = CauseVersion.objects.latest("number")
    assert (version.proposed_by, version.set_by) == (boss, second)
    with pytest.raises(DatabaseError), transaction.atomic():
        CauseVersion.objects.create(number=99, definition=[], proposed_by=boss, set_by=boss)
    assert complaint.cause == made
    assert all(made.pk != pk for _kind, choices in offered() for pk, _name in choices)
    assert all(likely.key != made for likely in suggestions("大堂没人引导"))
    other = classified(cause="waiting", complaining=[], customer=complaint.customer)
    with pytest.raises(ValidationError, match="is retired"):
        classify(complaint=other, kind=Kind.SERVICE, cause=Cause(pk=made.pk, kind="service", is_active=False, name="x"),
                 grade=Grade.MINOR, actor=officer, at=MONDAY)  # fmt: skip
    assert [version.note for version in CauseVersion.objects.order_by("number")][1:] == [
        "2026 年第 3 次会议",
        "简化",
        "并入等候",
    ]
    for action in ("complaints.propose_cause", "complaints.change_cause"):
        assert Entry.objects.filter(action=action).count() == 3
    assert complaint.steps.get(kind="classified").detail["causes"] == 3


def test_a_proposal_that_the_tree_has_moved_past_changes_nothing_and_both_are_told(
    boss: Staff, second: Staff, approve: Approve
) -> None:
    given: dict[str, Any] = {"reason": "试", "actor": boss, "at": MONDAY}
    fees = Cause.objects.get(code="fees")
    first = causes.change_cause(cause=fees, name="收费争议", order=fees.order, **given)
    late = causes.set_in_use(cause=fees, in_use=False, **given)
    twice = [causes.add_cause(kind=Kind.SERVICE, code="new", name=name, **given) for name in ("甲", "乙")]
    assert list(waiting(causes.CAUSES)) == [first, late, *twice]
    assert evidence(first)[1][1] == f"{fees.name} → 收费争议"
    assert ("new cause", "甲") in evidence(twice[0])
    for asked in (first, late, *twice):
        approve(asked)
    fees.refresh_from_db()
    assert (fees.name, fees.is_active) == ("收费争议", True)
    assert Cause.objects.get(code="new").name == "甲"
    assert CauseVersion.objects.count() == 3
    told = Notice.objects.filter(kind="complaints.rules")
    assert sorted(told.values_list("staff", flat=True)) == sorted([boss.pk, second.pk] * 2)
    assert not waiting(causes.CAUSES)


def test_what_the_tree_cannot_hold_is_refused_in_words_and_leaves_nothing(
    boss: Staff, officer: Staff, approve: Approve
) -> None:
    above, fees = Cause.objects.get(code="waiting"), Cause.objects.get(code="fees")
    new: dict[str, Any] = {"kind": Kind.SERVICE, "name": "新", "reason": "试", "actor": boss, "at": MONDAY}
    refused = [
        ({**new, "code": "waiting"}, "taken already"),
        ({**new, "code": "n", "name": above.name}, "of this name already"),
        ({**new, "code": "n", "parent": fees}, "of the same kind"),
        ({**new, "code": "n", "name": " "}, "a name"),
        ({**new, "code": "n", "reason": " "}, "Say why"),
    ]
    for values, words in refused:
        with pytest.raises(ValidationError, match=words):
            causes.add_cause(**values)
    with pytest.raises(PermissionDenied):
        causes.add_cause(**{**new, "code": "n", "actor": officer})
    assert not Cause.objects.filter(code="n").exists()
    approve(causes.add_cause(**{**new, "code": "n", "parent": above}))
    within = Cause.objects.get(code="n")
    given: dict[str, Any] = {"reason": "试", "actor": boss, "at": MONDAY}
    with pytest.raises(ValidationError, match="two levels"):
        causes.add_cause(**{**new, "code": "m", "name": "更深", "parent": within})
    with pytest.raises(ValidationError, match="lie within it"):
        causes.set_in_use(cause=above, in_use=False, **given)
    with pytest.raises(ValidationError, match="Nothing has changed"):
        causes.set_in_use(cause=above, in_use=True, **given)
    with pytest.raises(DatabaseError), transaction.atomic():
        CauseVersion.objects.filter(number=1).update(note="anders")


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(-1, 4), st.booleans()), max_size=5)
)
def test_a_tree_without_fault_has_two_levels_of_one_kind_and_no_name_twice(
    rows: list[tuple[str, str, int, bool]],
) -> None:
    tree = {key: Node(kind, name, None if to < 0 else to, on) for key, (kind, name, to, on) in enumerate(rows)}
    if any(fault(tree, key) for key in tree):
        return
    in_use = [(node.kind, node.name) for node in tree.values() if node.active]
    assert len(in_use) == len(set(in_use))
    for node in tree.values():
        if node.within is not None:
            above = tree[node.within]
            assert (above.kind, above.within) == (node.kind, None)
            assert above.active or not node.active


def test_the_first_fault_is_told() -> None:
    assert fault({1: Node("a", "x"), 2: Node("a", "x")}, 2) == Fault.TWICE
    assert fault({1: Node("a", "x"), 2: Node("a", "x", active=False)}, 1) is None
    assert fault({1: Node("a", "x", active=False), 2: Node("a", "y", 1)}, 2) == Fault.WITHIN_RETIRED


def test_consequences_are_proposed_in_a_form_and_come_into_force_by_a_second_person(
    boss: Staff, second: Staff, client: Client, approve: Approve
) -> None:
    client.force_login(boss)
    address = reverse("complaints:change-consequences")
    page = client.get(address)
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["reason"] = "年度修订"
    assert client.post(address, values).status_code == 200, "nothing has changed"
    assert ConsequenceVersion.objects.count() == 1
    given = {**values, "points-MAJOR-main": "-4", "compensation-MINOR": "8000", "risk_within_days": "1"}
    assert client.post(address, {**given, "points-MAJOR-main": "4"}).status_code == 200
    assert client.post(address, given).status_code == 204
    stale = propose_consequences(
        definition={**consequences_on(MONDAY.date()).definition, "flag_days": 9}, reason="试", actor=boss, at=MONDAY
    )
    assert ConsequenceVersion.objects.count() == 1, "nothing changes before a second person approves"
    asked = waiting(CONSEQUENCES.kind)[0]
    assert asked.title in client.get(reverse("complaints:mail-settings")).content.decode()
    assert len(evidence(asked)) == 3, "points, compensation, days: only what differs is shown"
    with pytest.raises(PermissionDenied):
        decide(request=asked, outcome=Answer.APPROVE, actor=boss, reason="", at=MONDAY)
    approve(asked)
    approve(stale)
    version = ConsequenceVersion.objects.get(number=2)
    assert (version.proposed_by, version.set_by) == (boss, second)
    assert ConsequenceVersion.objects.count() == 2, "the other proposal was about the rules of before"
    rules = consequences_on(MONDAY.date()).rules
    assert (rules.points_of(Grade.MAJOR, Degree.MAIN), rules.compensation[Grade.MINOR]) == (-4, 8000)
    assert (rules.risk_within_days, rules.flag_days, rules.inspected) == (1, 180, {Degree.MAIN})
    assert rules.sources["flag_days"]


@pytest.mark.parametrize(
    ("role", "page", "panel"),
    [
        ("head-office-manager", 200, 200),
        ("administrator", 200, 200),
        ("complaint-officer", 200, 403),
        ("auditor", 200, 403),
        ("researcher", 403, 403),
    ],
)
def test_who_sees_and_who_changes_causes(branch: Branch, client: Client, role: str, page: int, panel: int) -> None:
    client.force_login(person(branch, role, "测试"))
    cause = Cause.objects.get(code="fees")
    assert client.get(reverse("complaints:causes")).status_code == page
    for name in ("change-cause", "retire-cause", "restore-cause"):
        assert client.get(reverse(f"complaints:{name}", args=[cause.pk])).status_code == panel
    assert client.get(reverse("complaints:add-cause", args=["service"])).status_code == panel
    assert client.get(reverse("complaints:change-consequences")).status_code == panel


def test_causes_go_by_their_names_and_the_panel_tells_the_code(branch: Branch, client: Client) -> None:
    client.force_login(person(branch, "head-office-manager", "测试"))
    cause = Cause.objects.get(code="card-dispute")
    page = client.get(reverse("complaints:causes")).content.decode()
    assert str(cause) in page
    assert cause.code not in page
    assert cause.code in client.get(reverse("complaints:change-cause", args=[cause.pk])).content.decode()


def test_the_page_of_causes_counts_by_one_query_and_leads_to_the_list(
    classified: Made, boss: Staff, client: Client, django_assert_num_queries: Any
) -> None:
    complaint = classified()
    client.force_login(boss)
    page = client.get(reverse("complaints:causes")).content.decode()
    assert f"when=any&amp;cause={complaint.cause_id}" in page
    assert "随产品提供" in page
