"""Drafts: who edits and publishes, what is refused and why, two people at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from tests.factories import RoleFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, wan

from keheng.approvals import operations as approvals
from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.audit.models import Entry
from keheng.org.models import Staff
from keheng.tiering import operations, queries
from keheng.tiering.enums import VersionState
from keheng.tiering.errors import StaleDraftError, TieringError
from keheng.tiering.forms.draft import Editor
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.comparison import differences
from keheng.tiering.policies.definition import Definition

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def scheme() -> Scheme:
    return Scheme.objects.get(code="bank-retail")


@pytest.fixture
def second() -> Staff:
    """Whoever may publish what another has drafted."""
    role = RoleFactory.create(code="risk-officer", permissions=["tiering.view", "approvals.view"])
    RoleFactory.create(code="head-office-manager"), RoleFactory.create(code="branch-head")
    RoleFactory.create(code="outlet-head")
    approvals.load_presets()
    return StaffFactory.create(role=role, name="审核人")


@pytest.fixture
def draft(scheme: Scheme, actor: Staff) -> SchemeVersion:
    return operations.create_draft(source=scheme.versions.get(), actor=actor, at=NOON)


def changed(version: SchemeVersion, lower: int = 600_000) -> Definition:
    """The rules with the edge between gold and platinum elsewhere."""
    content = version.rules.model_dump(mode="json")
    bands = {tier["code"]: tier["band"] for tier in content["tiers"]}
    bands["T4"]["lower"] = bands["T3"]["upper"] = str(lower)
    return Definition.model_validate(content)


def save(version: SchemeVersion, actor: Staff, **more: Any) -> SchemeVersion:
    facts: dict[str, Any] = {"definition": changed(version), "valid_from": TOMORROW, "note": "提高白金门槛"}
    facts |= {"revision": version.revision, "actor": actor, "at": NOON}
    return operations.save_draft(version=version, **(facts | more))


# -- editing ---------------------------------------------------------------------------------------------------------


def test_a_draft_begins_as_the_version_it_is_made_from(draft: SchemeVersion, scheme: Scheme, actor: Staff) -> None:
    first = scheme.versions.get(number=1)
    assert (draft.number, draft.state, draft.based_on, draft.edited_by) == (2, VersionState.DRAFT, 1, actor)
    assert draft.definition == first.definition
    assert queries.version_on(scheme, TODAY + timedelta(days=9)) == first


def test_saving_counts_the_revision_and_leaves_a_trail(draft: SchemeVersion, actor: Staff) -> None:
    saved = save(draft, actor)
    assert (saved.revision, saved.note, saved.valid_from) == (2, "提高白金门槛", TOMORROW)
    assert Entry.objects.get(action="tiering.edit").detail == {"changes": 2}


def test_the_second_of_two_editors_is_shown_the_difference(draft: SchemeVersion, actor: Staff) -> None:
    other = StaffFactory.create(name="王芳")
    save(draft, other)
    with pytest.raises(StaleDraftError, match="王芳 已保存草稿") as caught:
        save(draft, actor, definition=changed(draft, 700_000))
    assert caught.value.current.revision == 2
    draft.refresh_from_db()
    assert draft.edited_by == other


def test_a_published_version_is_not_edited(scheme: Scheme, actor: Staff) -> None:
    first = scheme.versions.get()
    with pytest.raises(TieringError, match="已发布，不可修改"):
        save(first, actor)
    with pytest.raises(TieringError, match="已发布，不可修改"):
        operations.discard_draft(version=first, actor=actor, at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=first.pk).update(valid_from=TODAY)


def test_whoever_may_not_edit_is_refused(draft: SchemeVersion) -> None:
    reader = StaffFactory.create(permissions=("tiering.view", "tiering.run"))
    with pytest.raises(PermissionDenied):
        save(draft, reader)
    with pytest.raises(PermissionDenied):
        operations.create_draft(source=draft, actor=reader, at=NOON)
    with pytest.raises(PermissionDenied):
        operations.submit_draft(version=draft, actor=reader, reason="", at=NOON)


# -- publishing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events reach their receivers within the test's transaction."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda function, **_: function())


@pytest.mark.usefixtures("told")
def test_a_second_person_publishes(
    draft: SchemeVersion, actor: Staff, second: Staff, make_customer: MakeCustomer
) -> None:
    make_customer(aum_average=wan(60), loans=1, card_spend=1, card_grade=1, margin=1, aum=1)
    saved = save(draft, actor)
    request = operations.submit_draft(version=saved, actor=actor, reason="年度调整", at=NOON)
    assert [
        "T4 白金",
        "月日均 AUM 在 50万（含）至 300万（不含）之间 → 月日均 AUM 在 60万（含）至 300万（不含）之间",
    ] in request.payload["evidence"]
    with pytest.raises(TieringError, match="等待审批"):
        save(saved, actor, revision=2)
    approvals.decide(request=request, actor=second, outcome=State.APPROVED, reason="同意", at=NOON)
    saved.refresh_from_db()
    assert (saved.state, saved.published_by, saved.published_at) == (VersionState.PUBLISHED, second, NOON)
    assert queries.version_on(saved.scheme, TOMORROW) == saved
    assert queries.version_on(saved.scheme, TODAY).number == 1


@pytest.mark.usefixtures("told")
def test_a_returned_draft_is_open_again_with_the_reason(
    draft: SchemeVersion, actor: Staff, second: Staff, make_customer: MakeCustomer
) -> None:
    make_customer(aum_average=wan(60), loans=1, card_spend=1, card_grade=1, margin=1, aum=1)
    request = operations.submit_draft(version=save(draft, actor), actor=actor, reason="", at=NOON)
    approvals.decide(request=request, actor=second, outcome=State.RETURNED, reason="请补充依据", at=NOON)
    draft.refresh_from_db()
    assert (draft.is_submitted, draft.returned_for) == (False, "请补充依据")
    assert save(draft, actor, revision=2).returned_for == ""


def test_nobody_publishes_their_own(draft: SchemeVersion, actor: Staff) -> None:
    save(draft, actor)
    SchemeVersion.objects.filter(pk=draft.pk).update(submitted_at=NOON, submitted_by=actor)
    with pytest.raises(TieringError, match="须由另一人发布"):
        operations.publish(version=draft, actor=actor, at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=draft.pk).update(published_by=actor)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "已过"),
        ({"valid_from": date(1990, 1, 1)}, "已过"),
        ({"definition": None}, "内容相同"),
    ],
)
def test_what_cannot_be_published_is_refused_with_why(
    draft: SchemeVersion, actor: Staff, second: Staff, make_customer: MakeCustomer, more: dict[str, Any], words: str
) -> None:
    make_customer(aum_average=wan(60), loans=1, card_spend=1, card_grade=1, margin=1, aum=1)
    facts = {**more, "definition": draft.rules} if "definition" in more else more
    with pytest.raises(TieringError, match=words):
        operations.submit_draft(version=save(draft, actor, **facts), actor=actor, reason="", at=NOON)
    assert not Request.objects.exists()


def test_a_rule_without_data_and_an_overlap_are_not_published(
    draft: SchemeVersion, actor: Staff, second: Staff, make_customer: MakeCustomer
) -> None:
    make_customer(aum_average=wan(60))
    with pytest.raises(TieringError, match="没有数据"):
        operations.submit_draft(version=save(draft, actor), actor=actor, reason="", at=NOON)
    content = draft.rules.model_dump(mode="json")
    next(tier for tier in content["tiers"] if tier["code"] == "T3")["band"]["upper"] = "600000"
    overlapping = Definition.model_validate(content)
    saved = save(draft, actor, definition=overlapping, revision=2)
    with pytest.raises(TieringError, match="重叠"):
        operations.submit_draft(version=saved, actor=actor, reason="", at=NOON)


def test_the_last_editor_submits(
    draft: SchemeVersion, actor: Staff, second: Staff, make_customer: MakeCustomer
) -> None:
    make_customer(aum_average=wan(60), loans=1, card_spend=1, card_grade=1, margin=1, aum=1)
    saved = save(draft, actor)
    with pytest.raises(TieringError, match="最后编辑人"):
        operations.submit_draft(version=saved, actor=StaffFactory.create(), reason="", at=NOON)


# -- schemes ---------------------------------------------------------------------------------------------------------


def test_a_scheme_in_use_is_not_deleted(actor: Staff, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    run_of("futures")
    for code, words in (("bank-retail", "主方案"), ("futures", "1 次评定、1 位客户")):
        with pytest.raises(TieringError, match=words):
            operations.delete_scheme(scheme=Scheme.objects.get(code=code), actor=actor, at=NOON)
    operations.delete_scheme(scheme=Scheme.objects.get(code="securities-card"), actor=actor, at=NOON)
    assert not Scheme.objects.filter(code="securities-card").exists()


def test_a_scheme_is_copied_under_a_code_of_its_own(scheme: Scheme, actor: Staff) -> None:
    source = scheme.versions.get()
    draft = operations.copy_scheme(source=source, code="private", name="私行分层", actor=actor, at=NOON)
    assert (draft.scheme.kind, draft.scheme.is_primary, draft.rules) == ("person", False, source.rules)
    with pytest.raises(TieringError, match="已被其他方案使用"):
        operations.copy_scheme(source=source, code="private", name="x", actor=actor, at=NOON)


# -- the editor ------------------------------------------------------------------------------------------------------


def posted(tree: Any, path: str = "d") -> dict[str, Any]:
    """A tree of texts as the browser posts it."""
    if isinstance(tree, dict):
        rows = list(tree.items())
    elif all(isinstance(row, str) for row in tree):
        return {f"{path}[]": tree}
    else:
        rows = [(str(at), row) for at, row in enumerate(tree)]
    found: dict[str, Any] = {}
    for name, value in rows:
        found |= {f"{path}.{name}": value} if isinstance(value, str) else posted(value, f"{path}.{name}")
    return found


@pytest.mark.parametrize("code", ["bank-retail", "bank-retail-wealth", "futures", "corporate-size", "corporate-class"])
def test_a_form_that_nobody_touches_says_the_same(client: Client, actor: Staff, code: str) -> None:
    client.force_login(actor)
    version = operations.create_draft(source=Scheme.objects.get(code=code).versions.get(), actor=actor, at=NOON)
    address = reverse("tiering-draft", args=[code, version.number])
    assert client.get(address).status_code == 200
    form = posted(Editor(version).tree) | {"do": "save", "revision": "1", "valid_from": "2026-12-01"}
    assert client.post(address, form).status_code == 302
    before = version.rules
    version = SchemeVersion.objects.get(pk=version.pk)
    assert (version.revision, version.valid_from) == (2, date(2026, 12, 1))
    assert differences(before, version.rules) == []
    if code != "corporate-size":  # where the words of feeds come beside the product's codes in another order
        assert version.rules.ascending == before.ascending


def test_the_editor_reads_checks_and_keeps_what_is_typed(client: Client, actor: Staff, draft: SchemeVersion) -> None:
    client.force_login(actor)
    address = reverse("tiering-draft", args=["bank-retail", draft.number])
    tree = Editor(draft).tree
    tree["tiers"][1]["lower"], tree["tiers"][2]["upper"] = "60", "55万"
    side = client.post(address, posted(tree) | {"revision": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "55万 至 60万 的客户没有层级" in side
    assert "<form" not in side
    tree["tiers"][2]["upper"] = "六十"
    side = client.post(address, posted(tree) | {"revision": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "“六十”不是数字" in side
    answer = client.post(address, posted(tree) | {"revision": "1", "do": "save"})
    assert (answer.status_code, "六十" in answer.content.decode()) == (200, True)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_buttons_add_group_and_remove(client: Client, actor: Staff, draft: SchemeVersion) -> None:
    client.force_login(actor)
    address = reverse("tiering-draft", args=["bank-retail", draft.number])
    tree = Editor(draft).tree
    for command, there in (
        ("add doors", "d.doors.5.code"),
        ("group doors.0.when", "d.doors.0.when.parts.0.metric"),
        ("add exclusions", "d.exclusions.0.when.metric"),
        ("add tiers", "d.tiers.6.code"),
    ):
        page = client.post(address, posted(tree) | {"do": command}, headers={"HX-Request": "true"}).content.decode()
        assert f'name="{there}"' in page
    page = client.post(address, posted(tree) | {"do": "remove tiers.0"}).content.decode()
    assert 'name="d.tiers.5.code"' not in page
    assert client.post(address, posted(tree) | {"do": "remove tiers.99"}).status_code == 200
    assert client.post(address, posted(tree) | {"do": "shout"}).status_code == 200
    draft.refresh_from_db()
    assert len(draft.rules.tiers) == 6


def test_the_editor_shows_what_another_has_saved(client: Client, actor: Staff, draft: SchemeVersion) -> None:
    save(draft, StaffFactory.create(name="王芳"))
    client.force_login(actor)
    address = reverse("tiering-draft", args=["bank-retail", draft.number])
    mine = posted(Editor(draft).tree) | {"revision": "1", "do": "save"}
    page = client.post(address, mine).content.decode()
    assert "王芳 已保存草稿" in page
    assert "60万（含）至 300万" in page
    assert 'name="revision" value="2"' in page
    assert client.post(address, mine | {"revision": "2", "do": "overwrite"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.revision, draft.edited_by) == (3, actor)


@pytest.mark.parametrize(
    ("permissions", "sees", "edits"),
    [(("customers.view",), 403, 403), (("tiering.view",), 200, 403), (("*",), 200, 200)],
)
def test_who_sees_and_who_edits(
    client: Client, draft: SchemeVersion, permissions: tuple[str, ...], sees: int, edits: int
) -> None:
    client.force_login(StaffFactory.create(permissions=permissions))
    code = ["bank-retail"]
    for name, args in (("tiering-versions", code), ("tiering-version", [*code, 2]), ("tiering-compare", code)):
        assert client.get(reverse(name, args=args)).status_code == sees
    assert client.get(reverse("tiering-draft", args=[*code, 2])).status_code == edits
    if edits == 403:
        for name in ("tiering-start-draft", "tiering-discard", "tiering-try"):
            assert client.post(reverse(name, args=[*code, 2])).status_code == 403
        for name in ("tiering-copy", "tiering-delete"):
            assert client.post(reverse(name, args=code)).status_code == 403


def test_two_versions_are_compared_in_words(client: Client, actor: Staff, draft: SchemeVersion) -> None:
    save(draft, actor)
    client.force_login(actor)
    page = client.get(reverse("tiering-compare", args=["bank-retail"]), {"from": 1, "to": 2}).content.decode()
    assert "月日均 AUM 在 20万（含）至 50万（不含）之间" in page
    assert "月日均 AUM 在 20万（含）至 60万（不含）之间" in page
    assert "2 处不同" in page
