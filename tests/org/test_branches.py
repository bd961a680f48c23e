from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoAssertNumQueries
from tests.factories import BranchFactory, StaffFactory, head_office

from keheng.audit.models import Entry
from keheng.common import events
from keheng.org import figures, policies, queries
from keheng.org.enums import BranchKind, DataScope
from keheng.org.events import BranchMoved
from keheng.org.models import Branch
from keheng.org.operations import add_branch, change_branch, close_branch, load_presets, move_branch, reopen_branch

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def small_bank() -> dict[str, Branch]:
    """Head office → WZ (OB → G1, LC) and NB."""
    root = head_office()
    wenzhou = BranchFactory.create(code="WZ", kind=BranchKind.BRANCH, parent=root)
    ningbo = BranchFactory.create(code="NB", kind=BranchKind.BRANCH, parent=root)
    oubei = BranchFactory.create(code="OB", parent=wenzhou)
    lucheng = BranchFactory.create(code="LC", parent=wenzhou)
    group = BranchFactory.create(code="G1", kind=BranchKind.GROUP, parent=oubei)
    return {branch.code: branch for branch in (root, wenzhou, ningbo, oubei, lucheng, group)}


def paths() -> dict[str, str]:
    return dict(Branch.objects.values_list("code", "path"))


def test_a_new_branch_hangs_under_its_parent_and_stands_in_the_trail() -> None:
    actor = StaffFactory.create()
    branch = add_branch(code="OB", name="瓯北支行", kind=BranchKind.BRANCH, parent=head_office(), actor=actor, at=AT)
    assert branch.path == "HO/OB/"
    entry = Entry.objects.get(action="org.add_branch")
    assert (entry.actor_name, entry.target_label, entry.detail) == (actor.name, "瓯北支行", {"parent": "总行"})


@pytest.mark.parametrize("code", ["O/B", "", "瓯北", "OB\n", "X" * 21])
def test_codes_that_would_break_paths_are_refused(code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        add_branch(
            code=code, name="x", kind=BranchKind.OUTLET, parent=head_office(), actor=StaffFactory.create(), at=AT
        )
    assert "code" in caught.value.message_dict


def test_moving_rewrites_the_paths_of_the_whole_subtree_and_of_nothing_else(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bank, actor = small_bank(), StaffFactory.create()
    BranchFactory.create(code="WZ2", kind=BranchKind.BRANCH, parent=head_office())  # "HO/WZ2/" is not below "HO/WZ/"
    heard: list[BranchMoved] = []
    actor.branch_ids  # noqa: B018  # read before counting
    with pytest.MonkeyPatch.context() as patch, django_assert_max_num_queries(6):
        patch.setattr(events, "publish", heard.append)
        patch.setattr("keheng.org.operations.branches.publish", heard.append)
        move_branch(branch=bank["OB"], parent=bank["NB"], actor=actor, at=AT)
    assert paths() == {
        "HO": "HO/",
        "WZ": "HO/WZ/",
        "WZ2": "HO/WZ2/",
        "NB": "HO/NB/",
        "OB": "HO/NB/OB/",
        "LC": "HO/WZ/LC/",
        "G1": "HO/NB/OB/G1/",
    }
    assert bank["OB"].parent == bank["NB"]
    assert Branch.objects.get(code="G1").parent == bank["OB"]
    assert heard == [BranchMoved(bank["OB"].pk, AT)]
    assert Entry.objects.get().detail == {"changes": {"parent": [bank["WZ"].name, bank["NB"].name]}}


def test_a_branch_never_moves_below_itself() -> None:
    bank = small_bank()
    bank["WZ"].kind = BranchKind.BRANCH
    below = BranchFactory.create(code="W2", kind=BranchKind.BRANCH, parent=bank["WZ"])
    with pytest.raises(ValidationError, match="below"):
        move_branch(branch=bank["WZ"], parent=below, actor=StaffFactory.create(), at=AT)


def test_the_head_office_neither_moves_nor_closes() -> None:
    bank, actor = small_bank(), StaffFactory.create()
    with pytest.raises(ValidationError):
        move_branch(branch=bank["HO"], parent=bank["WZ"], actor=actor, at=AT)
    with pytest.raises(ValidationError):
        close_branch(branch=bank["HO"], actor=actor, at=AT)


@pytest.mark.parametrize("kind", BranchKind)
@pytest.mark.parametrize("parent", BranchKind)
def test_what_hangs_under_what(kind: BranchKind, parent: BranchKind) -> None:
    order = list(BranchKind)
    deeper = order.index(kind) > order.index(parent)
    branches_nest = kind is parent is BranchKind.BRANCH
    assert policies.may_hang_under(kind, parent) is (deeper or branches_nest)


def test_a_kind_that_its_children_cannot_hang_under_is_refused() -> None:
    bank = small_bank()
    with pytest.raises(ValidationError):
        change_branch(
            branch=bank["WZ"], name="温州", kind=BranchKind.GROUP, calendar=None, actor=StaffFactory.create(), at=AT
        )


def test_renaming_tells_before_and_after_and_nothing_when_nothing_changed() -> None:
    bank, actor = small_bank(), StaffFactory.create()
    branch, before = bank["OB"], bank["OB"].name
    change_branch(branch=branch, name="瓯北", kind=BranchKind.OUTLET, calendar=None, actor=actor, at=AT)
    change_branch(branch=branch, name="瓯北", kind=BranchKind.OUTLET, calendar=None, actor=actor, at=AT)
    assert [entry.detail for entry in Entry.objects.all()] == [{"changes": {"name": [before, "瓯北"]}}]


def test_a_branch_closes_only_when_nothing_hangs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bank, actor = small_bank(), StaffFactory.create()
    StaffFactory.create(branch=bank["OB"])
    monkeypatch.setattr(
        figures, "_figures", {"customers": figures.BranchFigure("客户", lambda keys: dict.fromkeys(keys, 1204))}
    )
    with pytest.raises(ValidationError) as caught:
        close_branch(branch=bank["OB"], actor=actor, at=AT)
    (sentence,) = caught.value.messages
    assert "客户 1,204" in sentence
    assert bank["OB"].name in sentence
    monkeypatch.setattr(figures, "_figures", {})
    close_branch(branch=bank["LC"], actor=actor, at=AT)
    assert not Branch.objects.get(code="LC").is_active
    reopen_branch(branch=bank["LC"], actor=actor, at=AT)
    assert Branch.objects.get(code="LC").is_active


def test_an_actor_changes_only_what_lies_in_scope() -> None:
    bank = small_bank()
    actor = StaffFactory.create(branch=bank["WZ"], scope=DataScope.SUBTREE, permissions=["org.manage"])
    change_branch(branch=bank["OB"], name="瓯北", kind=BranchKind.OUTLET, calendar=None, actor=actor, at=AT)
    with pytest.raises(PermissionDenied, match=bank["NB"].name):
        move_branch(branch=bank["OB"], parent=bank["NB"], actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        add_branch(code="X", name="x", kind=BranchKind.OUTLET, parent=bank["HO"], actor=actor, at=AT)


def test_the_tree_sums_what_lies_below_in_three_queries(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bank, actor = small_bank(), StaffFactory.create()
    StaffFactory.create(branch=bank["OB"])
    StaffFactory.create(branch=bank["G1"])
    StaffFactory.create(branch=bank["G1"], is_active=False)
    customers = {bank["LC"].pk: 5, bank["G1"].pk: 2}
    monkeypatch.setattr(figures, "_figures", {"customers": figures.BranchFigure("客户", lambda keys: customers)})
    with django_assert_num_queries(2):
        nodes = queries.tree(actor)
    assert [(node.branch.code, node.level, node.counts) for node in nodes] == [
        ("HO", 0, [3, 7]),
        ("NB", 1, [0, 0]),
        ("WZ", 1, [2, 7]),
        ("LC", 2, [0, 5]),
        ("OB", 2, [2, 2]),
        ("G1", 3, [1, 2]),
    ]
    seen = StaffFactory.create(branch=bank["OB"], scope=DataScope.SUBTREE)
    assert [(node.branch.code, node.level) for node in queries.tree(seen)] == [("OB", 0), ("G1", 1)]


def test_a_branch_follows_the_nearest_calendar_above() -> None:
    load_presets()
    bank, actor = small_bank(), StaffFactory.create()
    default = queries.calendar_of(bank["G1"])
    assert default.code == "branch-default"
    late = type(default).objects.create(code="late", name="夜市")
    change_branch(branch=bank["OB"], name="瓯北", kind=BranchKind.OUTLET, calendar=late, actor=actor, at=AT)
    assert queries.calendar_of(bank["G1"]) == late
    assert queries.calendar_of(bank["LC"]) == default
    with pytest.raises(ValidationError):
        change_branch(branch=bank["HO"], name="总行", kind=BranchKind.HEAD, calendar=None, actor=actor, at=AT)
