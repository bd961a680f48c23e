"""Who looks after whom by the presets, and the arithmetic of a fair share (A3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.care.enums.ownership import HandOverAct, HandOverState, ReferralAct, ReferralState
from keheng.care.policies.assignment import Group, Seat, fill, share_out
from keheng.care.policies.ownership import HAND_OVERS, REFERRALS, Adopting, needs_second_person
from keheng.care.queries.assignment import preset
from keheng.tiering.models import Scheme
from keheng.tiering.operations import load_presets
from keheng.tiering.queries.schemes import latest_published


def rule(scheme: str, tier: str):  # type: ignore[no-untyped-def]
    return next(one for one in preset().tiers if (one.scheme, one.tier) == (scheme, tier))


@pytest.mark.parametrize(
    ("tier", "roles", "posts", "beside"),
    [
        ("T1", ("teller",), ("高柜",), ()),
        ("T2", ("teller",), ("低柜", "VIP"), ()),
        ("T3", ("relationship-manager",), (), (("lobby", "lobby-manager"),)),
        ("T4", ("relationship-manager",), (), (("supervisor", "rm-supervisor"),)),
        ("T5", ("outlet-head",), (), (("supervisor", "rm-supervisor"),)),
    ],
)
def test_a3_004a_band_to_position(tier: str, roles: tuple[str], posts: tuple[str], beside: tuple) -> None:  # type: ignore[type-arg]
    found = rule("bank-retail", tier)
    assert (found.owner.roles, found.owner.posts) == (roles, posts)
    assert tuple((one.part, one.roles[0]) for one in found.beside) == beside
    assert found.owner.level == "outlet"


def test_a3_004a_upgradeable_clients_are_passed_on_and_the_department_joins_on_request() -> None:
    assert "relationship-manager" in rule("bank-retail", "T2").refer_to
    assert "个人金融部" in rule("bank-retail", "T5").on_request


@pytest.mark.parametrize(
    ("tier", "roles"),
    [
        ("W1", ("teller",)),
        ("W2", ("outlet-head", "lobby-manager")),
        ("W3", ("wealth-manager",)),
        ("W4", ("wealth-manager",)),
    ],
)
def test_a3_004b_band_to_position(tier: str, roles: tuple[str, ...]) -> None:
    assert rule("bank-retail-wealth", tier).owner.roles == roles


def test_a3_004b_adoption_vice_president_and_age() -> None:
    assert rule("bank-retail-wealth", "W2").adopt
    beside = rule("bank-retail-wealth", "W4").beside
    assert [(one.part, one.roles[0]) for one in beside] == [("leader", "branch-head"), ("outlet_head", "outlet-head")]
    assert rule("bank-retail-wealth", "W1").max_age == 60  # decision 7
    assert rule("bank-retail-wealth", "W1").older.roles == ("lobby-manager",)


@pytest.mark.django_db
def test_every_tier_has_a_rule_and_its_owner_may_maintain_it_by_the_scheme() -> None:
    load_presets()
    for scheme in Scheme.objects.filter(
        code__in=["bank-retail", "bank-retail-wealth", "futures", "securities-card", "corporate-class"]
    ):
        version = latest_published(scheme)
        assert version is not None
        for tier in version.rules.tiers:
            found = rule(scheme.code, tier.code)
            may = {role for part in tier.upkeep for role in part.roles}
            assert not may or may >= set(found.owner.roles), (scheme.code, tier.code)


# -- fair shares ------------------------------------------------------------------------------------------------------

SEATS = st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(0, 60)), min_size=1, max_size=8).map(
    lambda rows: [Seat(key, load, capacity) for key, (load, capacity) in enumerate(rows)]
)


@given(SEATS, st.integers(0, 300))
def test_a3_loads_of_those_with_room_differ_by_one_at_most(seats: list[Seat], count: int) -> None:
    shares = fill(seats, count)
    after = {seat.staff_id: seat.load + shares.get(seat.staff_id, 0) for seat in seats}
    for seat in seats:
        assert seat.capacity is None or shares.get(seat.staff_id, 0) == 0 or after[seat.staff_id] <= seat.capacity
    roomy = [seat for seat in seats if seat.capacity is None or after[seat.staff_id] < seat.capacity]
    for got in shares:
        for seat in roomy:
            assert after[got] <= after[seat.staff_id] + 1
    room = [None if seat.capacity is None else max(seat.capacity - seat.load, 0) for seat in seats]
    most = count if None in room else min(count, sum(one or 0 for one in room))
    assert sum(shares.values()) == most


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 200))
def test_a3_all_else_equal_the_difference_is_one_at_most(sizes: list[int], count: int) -> None:
    shares = fill([Seat(key, 0) for key in range(len(sizes))], count)
    loads = [shares.get(key, 0) for key in range(len(sizes))]
    assert max(loads) - min(loads) <= 1
    assert sum(loads) == count


@given(
    st.lists(st.tuples(st.integers(0, 30), st.lists(st.sampled_from(range(5)), unique=True)), max_size=6),
    st.dictionaries(st.integers(0, 4), st.integers(0, 25)),
)
def test_nobody_gets_more_than_they_may_and_nobody_is_lost(rows, capacity) -> None:  # type: ignore[no-untyped-def]
    groups = [Group(key, count, (tuple(people),)) for key, (count, people) in enumerate(rows)]
    shares = share_out(groups, {}, capacity)
    for staff, number in shares.of_staff().items():
        assert number <= capacity.get(staff, number)
    for group in groups:
        given_away = sum(number for (key, _staff), number in shares.given.items() if key == group.key)
        assert given_away + shares.left.get(group.key, 0) == group.count


def test_the_better_candidates_are_filled_first() -> None:
    shares = share_out([Group(1, 5, ((7,), (8, 9)))], {7: 2}, {7: 4})
    assert shares.given == {(1, 7): 2, (1, 8): 2, (1, 9): 1}


# -- states and limits ------------------------------------------------------------------------------------------------


def test_states_of_referrals_and_hand_overs_end_where_they_should() -> None:
    for state in (ReferralState.DONE, ReferralState.DECLINED, ReferralState.WITHDRAWN):
        assert not [act for act in ReferralAct if (state, act) in REFERRALS]
    for over in (HandOverState.ACCEPTED, HandOverState.DECLINED, HandOverState.WITHDRAWN, HandOverState.REFUSED):
        assert not [act for act in HandOverAct if (over, act) in HAND_OVERS]
    assert (HandOverState.ASKED, HandOverAct.ACCEPT) not in HAND_OVERS


@pytest.mark.parametrize(("rank", "outside", "asked"), [(3, False, False), (4, False, True), (0, True, True)])
def test_a3_high_tiers_and_other_branches_need_a_second_person(rank: int, outside: bool, asked: bool) -> None:
    assert needs_second_person(ranks={1: rank}, outside=outside, rank=4) is asked


@pytest.mark.parametrize(("held", "month", "within"), [(29, 9, True), (30, 0, False), (0, 10, False)])
def test_a3_adoption_has_caps(held: int, month: int, within: bool) -> None:
    rules = preset().adoption
    facts = Adopting(True, True, True, held, rules.most, month, rules.most_a_month)
    assert (facts.is_eligible, facts.within_caps) == (True, within)
