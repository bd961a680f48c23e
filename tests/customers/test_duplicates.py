"""Possible duplicates (A1: validation removing duplicate data)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.customers import operations
from keheng.customers.enums import PairState, RuleTopic
from keheng.customers.models import CrowdedKey, Customer, DuplicatePair, RuleVersion
from keheng.customers.policies.quality import DuplicateRules, pair_score
from keheng.customers.queries import shipped_rules
from keheng.customers.queries.duplicates import BLOCKS, DOUBTS
from keheng.org.enums import DataScope
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ID_A, ID_B = "330302197001010013", "330302197001010021"


pytestmark = pytest.mark.django_db


def found() -> dict[tuple[int, int], DuplicatePair]:
    operations.search_duplicates(at=AT)
    return {(pair.left_id, pair.right_id): pair for pair in DuplicatePair.objects.all()}


def person(**values: Any) -> Customer:
    return CustomerFactory.create(**values)


def test_a1_the_same_document_makes_a_pair() -> None:
    one, other = person(id_kind="resident", id_number=ID_A), person(id_kind="resident", id_number=ID_A, name="黄亚琴")
    person(id_kind="resident", id_number=ID_B, name="林晓")
    pairs = found()
    assert set(pairs) == {(one.pk, other.pk)}
    assert pairs[one.pk, other.pk].reasons == ["document"]
    assert pairs[one.pk, other.pk].score == 98


def test_a1_telephone_name_and_birth_add_up() -> None:
    born = date(1970, 1, 1)
    one, other = person(birth_date=born), person(birth_date=born)
    for customer in (one, other):
        ContactPointFactory.create(customer=customer, value="13812345678")
    pair = found()[one.pk, other.pk]
    assert pair.reasons == ["name_birth", "phone", "spelling_tail"]
    assert pair.score == pair_score([65, 45, 50], [])


def test_one_telephone_in_a_family_is_not_enough() -> None:
    one, other = person(name="黄雅琴"), person(name="林建国")
    for customer in (one, other):
        ContactPointFactory.create(customer=customer, value="13812345678")
    assert found() == {}


def test_what_differs_speaks_against_a_pair() -> None:
    born = date(1970, 1, 1)
    person(birth_date=born, id_kind="resident", id_number=ID_A)
    person(birth_date=born, id_kind="resident", id_number=ID_B)
    assert found() == {}, "namesakes born on one day have documents of their own"


def test_a1_companies_meet_by_credit_code_and_by_name_without_its_legal_form() -> None:
    by_name = [
        CompanyFactory.create(customer=CustomerFactory.create(kind="company", name=name)).customer
        for name in ("温州鑫恒鞋业有限公司", "温州鑫恒鞋业有限责任公司", "温州鑫恒鞋业（集团）有限公司")
    ]
    CustomerFactory.create(kind="company", name="温州鑫泰鞋业有限公司")
    code = "91330302MA2ABCDE1X"
    coded = [
        CustomerFactory.create(kind="company", name=name, id_kind="uscc", id_number=code)
        for name in ("瓯海阀门厂", "温州瓯海阀门厂")
    ]
    pairs = found()
    a, b, c = sorted(customer.pk for customer in by_name)
    assert set(pairs) == {(a, b), (a, c), (b, c), (coded[0].pk, coded[1].pk)}
    assert pairs[coded[0].pk, coded[1].pk].reasons == ["credit_code"]


def test_a_key_of_too_many_is_reported_and_not_enumerated() -> None:
    for _ in range(21):
        ContactPointFactory.create(customer=person(), value="13812345678")
    assert found() == {}
    crowded = CrowdedKey.objects.get(block="phone")
    assert crowded.customers == 21
    assert CrowdedKey.objects.filter(block="spelling_tail").exists()


def test_closed_customers_and_the_other_kind_are_left_out() -> None:
    person(id_kind="resident", id_number=ID_A)
    person(id_kind="resident", id_number=ID_A, status="closed")
    CustomerFactory.create(kind="company", name="黄雅琴", id_kind="resident", id_number=ID_A)
    assert found() == {}


def test_decided_pairs_stay_decided_and_stale_ones_go() -> None:
    actor = StaffFactory.create()
    one, other = person(id_kind="resident", id_number=ID_A), person(id_kind="resident", id_number=ID_A)
    third, fourth = person(id_kind="resident", id_number=ID_B), person(id_kind="resident", id_number=ID_B)
    pairs = found()
    operations.dismiss_pair(pair=pairs[one.pk, other.pk], note="母女共用", actor=actor, at=AT)
    Customer.objects.filter(pk=fourth.pk).update(id_index=b"x")
    pairs = found()
    assert pairs[one.pk, other.pk].state == PairState.DISMISSED
    assert (third.pk, fourth.pk) not in pairs
    assert Entry.objects.filter(action="customers.dismiss_duplicate", actor_id=actor.pk).count() == 1
    with pytest.raises(ValidationError):
        operations.dismiss_pair(pair=pairs[one.pk, other.pk], note="再次", actor=actor, at=AT)
    operations.reopen_pair(pair=pairs[one.pk, other.pk], actor=actor, at=AT)
    assert DuplicatePair.objects.get().state == PairState.OPEN


def test_deciding_takes_the_permission_and_both_customers_in_scope() -> None:
    here, there = BranchFactory.create(), BranchFactory.create()
    one = person(id_kind="resident", id_number=ID_A, branch=here)
    other = person(id_kind="resident", id_number=ID_A, branch=there)
    pair = found()[one.pk, other.pk]
    outlet_head = StaffFactory.create(scope=DataScope.SUBTREE, branch=here)
    viewer = StaffFactory.create(permissions=("customers.view",))
    for actor in (outlet_head, viewer):
        with pytest.raises(PermissionDenied):
            operations.dismiss_pair(pair=pair, note="不是同一人", actor=actor, at=AT)
    assert not DuplicatePair.objects.visible_to(outlet_head).exists()
    assert DuplicatePair.objects.visible_to(viewer).exists()


@given(evidence=st.lists(st.integers(0, 99), min_size=1, max_size=7), doubts=st.lists(st.integers(0, 99), max_size=3))
def test_scores_stay_within_0_and_100_and_grow_with_evidence(evidence: list[int], doubts: list[int]) -> None:
    score = pair_score(evidence, doubts)
    assert 0 <= score <= 100
    assert pair_score([*evidence, 50], doubts) >= score
    assert pair_score(evidence, [*doubts, 50]) <= score


def test_rules_change_by_versions_and_only_from_the_head_office() -> None:
    head, outlet = StaffFactory.create(), StaffFactory.create(scope=DataScope.SUBTREE)
    content = shipped_rules(RuleTopic.DUPLICATES).model_dump() | {"largest_block": 30}

    def change(actor: Staff, content: dict[str, Any], reason: str = "放宽") -> RuleVersion:
        return operations.change_quality_rules(
            topic=RuleTopic.DUPLICATES, content=content, reason=reason, actor=actor, at=AT
        )

    with pytest.raises(PermissionDenied):
        change(outlet, content)
    with pytest.raises(ValidationError):
        change(head, content, " ")
    with pytest.raises(ValidationError):
        change(head, content | {"largest_block": 0})
    assert operations.search_duplicates(at=AT).rules == 0
    assert change(head, content).number == 1
    assert operations.search_duplicates(at=AT).rules == 1
    with pytest.raises(ValidationError):
        change(head, content)


def test_every_preset_key_is_known() -> None:
    rules = shipped_rules(RuleTopic.DUPLICATES)
    assert isinstance(rules, DuplicateRules)
    assert {weight.key for weight in rules.evidence} <= set(BLOCKS)
    assert {weight.key for weight in rules.doubts} <= set(DOUBTS)
