"""Family and relations (A1): typed, seen from both sides, never contradictory."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.customers import operations
from keheng.customers.enums import CustomerKind, RelationKind
from keheng.customers.models import Customer, Relation
from keheng.customers.operations.relations import change_relation, relate, remove_relation
from keheng.customers.operations.reveal import reveal
from keheng.customers.policies import relations as rules
from keheng.customers.queries.relations import household_of, ties_of
from keheng.org.enums import DataScope
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
R = RelationKind
KINDS = st.sampled_from(RelationKind)


def person(name: str = "黄雅琴", **fields: Any) -> Customer:
    return CustomerFactory.create(name=name, **fields)


def company(name: str = "温州鑫恒鞋业有限公司", **fields: Any) -> Customer:
    return CustomerFactory.create(name=name, kind=CustomerKind.COMPANY, **fields)


@pytest.fixture
def actor(db: None) -> Staff:
    return StaffFactory.create()


def refused(field: str, **given: Any) -> str:
    with pytest.raises(ValidationError) as error:
        relate(at=AT, **given)
    return str(error.value.message_dict[field][0])


# -- the rules ------------------------------------------------------------------------------------------------------


@given(KINDS)
def test_reading_a_relation_from_the_other_side_twice_is_the_relation(kind: RelationKind) -> None:
    assert rules.INVERSE[rules.INVERSE[kind]] == kind
    assert rules.ends(rules.INVERSE[kind]) == rules.ends(kind)[::-1]


@given(KINDS, st.integers(1, 50), st.integers(1, 50))
def test_both_sides_write_the_same_row(kind: RelationKind, one: int, two: int) -> None:
    said, heard = rules.stored(kind, one, two), rules.stored(rules.INVERSE[kind], two, one)
    assert said == heard or one == two
    assert said[0] not in rules.TURNED
    assert rules.stored(*said) == said


def test_a1_every_named_relation_is_there() -> None:
    named = {"spouse", "parent", "child", "guarantor", "shareholder", "representative", "controller", "employer"}
    assert named <= set(RelationKind.values)
    assert {kind.value for kind in rules.offered(CustomerKind.PERSON)} >= {"spouse", "parent", "child", "employer"}
    assert {kind.value for kind in rules.offered(CustomerKind.COMPANY)} >= {"shareholder", "representative"}
    assert R.SPOUSE not in rules.offered(CustomerKind.COMPANY)


# -- writing ----------------------------------------------------------------------------------------------------------


def test_a_relation_shows_on_both_sides(actor: Staff) -> None:
    child, mother = person("陈小明"), person("黄雅琴")
    relate(customer=mother, kind=R.CHILD, other=child, note="独子", actor=actor, at=AT)
    assert [(tie.kind, tie.other) for tie in ties_of(child, actor)] == [(R.PARENT, mother)]
    assert [(tie.kind, tie.other) for tie in ties_of(mother, actor)] == [(R.CHILD, child)]
    entry = Entry.objects.get(action="customers.relate")
    assert (entry.target_id, entry.detail["entry"]) == (mother.pk, "relation")


@pytest.mark.parametrize(
    ("kind", "known", "says"),
    [
        (R.SPOUSE, R.SPOUSE, "已存在"),
        (R.PARENT, R.CHILD, "另一种亲属关系"),
        (R.CHILD, R.CHILD, "已存在"),
        (R.SIBLING, R.SPOUSE, "另一种亲属关系"),
    ],
)
def test_two_people_are_related_in_one_way(actor: Staff, kind: R, known: R, says: str) -> None:
    one, two = person(), person("陈大海")
    relate(customer=one, kind=known, other=two, actor=actor, at=AT)
    with pytest.raises(ValidationError) as error:
        relate(customer=one, kind=kind, other=two, actor=actor, at=AT)
    assert says in " ".join(error.value.messages) or "后代" in " ".join(error.value.messages)
    assert Relation.objects.count() == 1


def test_nobody_is_related_to_themselves(actor: Staff) -> None:
    one = person()
    assert "自己" in refused("other", customer=one, kind=R.SPOUSE, other=one, actor=actor)


def test_one_spouse_at_a_time(actor: Staff) -> None:
    one, two, three = person(), person("陈大海"), person("林建国")
    married = relate(customer=one, kind=R.SPOUSE, other=two, actor=actor, at=AT)
    assert "已有配偶" in refused("kind", customer=three, kind=R.SPOUSE, other=two, actor=actor)
    assert "已有配偶" in refused("kind", customer=two, kind=R.SPOUSE, outsider="某人", actor=actor)
    change_relation(relation=married, customer=two, values={"ended_on": date(2025, 1, 1)}, actor=actor, at=AT)
    relate(customer=three, kind=R.SPOUSE, other=two, actor=actor, at=AT)
    assert [tie.has_ended for tie in ties_of(two, actor)] == [False, True]


def test_nobody_descends_from_their_own_children(actor: Staff) -> None:
    old, middle, young = person("爷爷"), person("爸爸"), person("儿子")
    relate(customer=middle, kind=R.PARENT, other=old, actor=actor, at=AT)
    relate(customer=young, kind=R.PARENT, other=middle, actor=actor, at=AT)
    assert "后代" in refused("kind", customer=old, kind=R.PARENT, other=young, actor=actor)


def test_parents_are_older(actor: Staff) -> None:
    old, young = person(birth_date=date(1960, 1, 1)), person("陈小明", birth_date=date(1990, 1, 1))
    assert "年轻" in refused("kind", customer=old, kind=R.PARENT, other=young, actor=actor)
    assert "年轻" in refused("kind", customer=young, kind=R.CHILD, other=old, actor=actor)


def test_family_is_of_persons_and_representatives_of_companies(actor: Staff) -> None:
    firm, somebody = company(), person()
    assert refused("kind", customer=firm, kind=R.SPOUSE, other=somebody, actor=actor)
    assert refused("kind", customer=firm, kind=R.SPOUSE, outsider="某人", actor=actor)
    assert refused("kind", customer=somebody, kind=R.REPRESENTATIVE, other=person("陈大海"), actor=actor)
    relate(customer=somebody, kind=R.REPRESENTED, other=firm, actor=actor, at=AT)
    assert [tie.kind for tie in ties_of(firm, actor)] == [R.REPRESENTATIVE]
    with pytest.raises(ValidationError, match="已有一条同类关系"):
        relate(customer=firm, kind=R.REPRESENTATIVE, other=person("林建国"), actor=actor, at=AT)


def test_guarantees_may_be_mutual_and_shares_are_kept(actor: Staff) -> None:
    one, two = company(), company("瓯海华盛眼镜有限公司")
    relate(customer=one, kind=R.GUARANTOR, other=two, actor=actor, at=AT)
    relate(customer=two, kind=R.GUARANTOR, other=one, actor=actor, at=AT)
    relate(customer=one, kind=R.SHAREHOLDER, other=two, share=35, actor=actor, at=AT)
    assert [(tie.kind, tie.relation.share) for tie in ties_of(two, actor)] == [
        (R.GUARANTOR, None),
        (R.GUARANTEED, None),
        (R.INVESTEE, 35),
    ]


def test_an_outsiders_phone_is_sealed_and_revealed_with_a_reason(actor: Staff) -> None:
    one = person()
    row = relate(customer=one, kind=R.CHILD, outsider="陈小明", outsider_phone="13812345678", actor=actor, at=AT)
    tie = ties_of(one, actor)[0]
    assert (tie.phone, tie.name, tie.is_outsider) == ("138****5678", "陈小明", True)
    assert reveal(customer=one, field=tie.reveal_field, actor=actor, reason="联系家属", at=AT) == "13812345678"
    assert "13812345678" not in str(list(Entry.objects.values_list("detail", flat=True)))
    with pytest.raises(LookupError):
        reveal(customer=person("别人"), field=f"outsider.{row.pk}", actor=actor, reason="联系家属", at=AT)
    given = {"customer": one, "kind": R.RELATIVE, "outsider": "某人", "outsider_phone": "12"}
    assert refused("outsider_phone", **given, actor=actor)


def test_a_relation_is_removed_with_a_reason(actor: Staff) -> None:
    one, two = person(), person("陈大海")
    row = relate(customer=one, kind=R.SPOUSE, other=two, actor=actor, at=AT)
    with pytest.raises(ValidationError):
        remove_relation(relation=row, customer=one, reason=" ", actor=actor, at=AT)
    remove_relation(relation=row, customer=one, reason="录错", actor=actor, at=AT)
    assert not Relation.objects.exists()
    assert Entry.objects.get(action="customers.remove_relation").reason == "录错"


@pytest.mark.django_db
@pytest.mark.parametrize("permissions", [(), ("customers.view",)])
def test_writing_takes_the_permission_to_edit(permissions: tuple[str, ...]) -> None:
    reader = StaffFactory.create(permissions=permissions)
    with pytest.raises(PermissionDenied):
        relate(customer=person(), kind=R.CHILD, outsider="某人", actor=reader, at=AT)


@pytest.mark.django_db
def test_nobody_is_related_to_a_customer_out_of_sight() -> None:
    manager = StaffFactory.create(scope=DataScope.OWN)
    mine, other = person(owner=manager), person("陈大海")
    with pytest.raises(PermissionDenied):
        relate(customer=mine, kind=R.SPOUSE, other=other, actor=manager, at=AT)


# -- the database ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        [("spouse", 0, 0)],
        [("spouse", 0, 1), ("spouse", 1, 0)],
        [("child", 0, 1)],  # from the wrong side
        [("spouse", 0, 1), ("parent", 1, 0)],
        [("parent", 0, 1), ("parent", 1, 0)],
        [("guarantor", 0, 1), ("guarantor", 0, 1)],
        [("representative", 0, 1), ("representative", 0, 2)],
        [("parent", 0, None)],
    ],
)
def test_the_database_refuses_contradictions_by_itself(actor: Staff, rows: list[tuple[str, int, int | None]]) -> None:
    people = [person(name) for name in ("甲", "乙", "丙")]
    made = [
        Relation(
            customer=people[one],
            kind=kind,
            other=None if two is None else people[two],
            changed_by=actor,
            changed_at=AT,
        )
        for kind, one, two in rows
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.objects.bulk_create(made)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_marry_the_same_person_at_once_one_is_refused() -> None:
    actor, shared = StaffFactory.create(), person()
    others, outcomes, ready = [person("陈大海"), person("林建国")], [], Barrier(2)

    def marry(other: Customer) -> None:
        try:
            ready.wait(timeout=10)
            relate(customer=other, kind=R.SPOUSE, other=shared, actor=actor, at=AT)
            outcomes.append("married")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=marry, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["married", "refused"]


# -- reading -----------------------------------------------------------------------------------------------------------


def test_the_household_counts_only_whom_the_reader_sees(db: None, django_assert_max_num_queries: Any) -> None:
    here = BranchFactory.create()
    head, reader = StaffFactory.create(), StaffFactory.create(branch=here, scope=DataScope.SUBTREE)
    wife, husband = person("黄雅琴", branch=here, aum=100), person("陈大海", branch=here, aum=40)
    child, far, friend = person("陈小明", aum=7), person("陈小小", branch=here, aum=3), person("王五", branch=here)
    relate(customer=wife, kind=R.SPOUSE, other=husband, actor=head, at=AT)
    relate(customer=child, kind=R.PARENT, other=husband, actor=head, at=AT)
    relate(customer=far, kind=R.PARENT, other=child, actor=head, at=AT)
    relate(customer=wife, kind=R.RELATIVE, other=friend, actor=head, at=AT)
    with django_assert_max_num_queries(6):  # two of them for the rules of confidentiality
        seen = household_of(wife, reader)
    assert ([member.name for member in seen.members], seen.aum, seen.hidden) == (["黄雅琴", "陈大海"], 140, 1)
    assert household_of(wife, head).aum == 147
    assert household_of(husband, head).aum == 150


def test_who_is_out_of_sight_keeps_the_name(db: None, django_assert_num_queries: Any) -> None:
    manager, head = StaffFactory.create(scope=DataScope.OWN), StaffFactory.create()
    mine, hidden = person(owner=manager), person("欧阳小敏")
    relate(customer=mine, kind=R.SPOUSE, other=hidden, actor=head, at=AT)
    with django_assert_num_queries(3):  # one for the rules of confidentiality, one for whom one covers
        tie = ties_of(mine, manager)[0]
    assert (tie.name, tie.other) == ("欧**", None)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_a_relation_is_entered_in_the_side_panel(client: Client, actor: Staff) -> None:
    one, two = person(), person("陈大海")
    client.force_login(actor)
    tab = client.get(reverse("archive:relations", args=[one.pk])).content.decode()
    assert "尚无关系" in tab
    panel = reverse("archive:relate", args=[one.pk])
    assert "新增关系" in client.get(panel).content.decode()
    assert "二者选一" in client.post(panel, {"kind": "spouse"}).content.decode()
    assert "没有这个客户号" in client.post(panel, {"kind": "spouse", "number": "99"}).content.decode()
    done = client.post(panel, {"kind": "spouse", "number": two.number})
    assert done.status_code == 204
    assert "side-done" in done.headers["HX-Trigger"]
    for customer, other in ((one, two), (two, one)):
        tab = client.get(reverse("archive:relations", args=[customer.pk])).content.decode()
        assert other.name in tab
        assert "配偶" in tab


def test_whoever_comes_second_is_shown_the_difference(client: Client, actor: Staff) -> None:
    one, two = person(), person("陈大海")
    row = relate(customer=one, kind=R.SPOUSE, other=two, actor=actor, at=AT)
    client.force_login(actor)
    panel = reverse("archive:relation-change", args=[one.pk, row.pk])
    seen = client.get(panel).context["form"].initial["seen"]
    colleague = StaffFactory.create(name="林建峰")
    change_relation(
        relation=row, customer=one, values={"note": "2024 年登记"}, actor=colleague, at=AT + timedelta(hours=1)
    )
    answer = client.post(panel, {"seen": seen, "note": "我的备注"}).content.decode()
    assert "林建峰" in answer
    assert "现为：2024 年登记" in answer
    row.refresh_from_db()
    assert row.note == "2024 年登记"


def test_a_strict_archive_keeps_its_relations(client: Client, actor: Staff) -> None:
    one = person(confidentiality=3)
    relate(customer=one, kind=R.CHILD, outsider="陈小明", actor=actor, at=AT)
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    content = client.get(reverse("archive:relations", args=[one.pk])).content.decode()
    assert "陈小明" not in content
    assert "保密级别" in content


# -- two archives of one person ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
def test_merging_two_archives_of_one_person_leaves_one_tie(actor: Staff, turned: bool) -> None:
    one = person(branch=BranchFactory.create())
    spouse = person("陈大海")
    twin = person(branch=one.branch)
    stays, goes = (twin, one) if turned else (one, twin)
    relate(customer=one, kind=R.SPOUSE, other=spouse, actor=actor, at=AT)
    Relation.objects.create(customer=spouse, kind=R.SPOUSE, other=twin, changed_by=actor, changed_at=AT)
    relate(customer=goes, kind=R.CHILD, outsider="陈小明", actor=actor, at=AT)
    done = operations.unify(survivor=stays, lost=goes, actor=actor, reason="同一人", at=AT)
    assert [(tie.kind, tie.name) for tie in ties_of(stays, actor)] == [(R.SPOUSE, "陈大海"), (R.CHILD, "陈小明")]
    operations.separate(made=done, actor=actor, reason="误并", at=AT)
    assert Relation.objects.filter(kind=R.SPOUSE).count() == 2
    assert len(ties_of(goes, actor)) == 2
