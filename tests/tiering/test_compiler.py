"""Rules as SQL: golden texts, and agreement with a plain reading of the same rules in Python."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from tests.tiering.conftest import TODAY, MakeCustomer

from keheng.customers.models import Customer
from keheng.tiering.enums import Basis
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.compiler import compile_definition
from keheng.tiering.policies.conditions import AllOf, AnyOf, Condition, Flag, Membership, Not, Op, Threshold
from keheng.tiering.policies.definition import Band, Definition, Door, Exclusion, Tier
from keheng.tiering.queries.classify import Classification, rows_of

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)

# -- golden ---------------------------------------------------------------------------------------------------------


def definition(*tiers: Tier, **more: Any) -> Definition:
    return Definition(tiers=tiers, **more)


def band(code: str, rank: int, lower: int | None, upper: int | None) -> Tier:
    edges = Band(lower=None if lower is None else Decimal(lower), upper=None if upper is None else Decimal(upper))
    return Tier(code=code, name=code, rank=rank, colour=rank, band=edges)


def threshold(metric: str, op: str, value: int) -> Threshold:
    return Threshold(metric=metric, op=Op(op), value=Decimal(value))


TWO_BANDS = definition(band("A", 0, None, 100), band("B", 1, 100, None), metric="aum")


def test_bands_compile_from_the_best_tier_down() -> None:
    rules = compile_definition(TWO_BANDS)
    assert rules.route_case == "case when (m_aum >= %(p0)s) then 1 when (m_aum < %(p0)s) then 2 end"
    assert rules.params == {"p0": Decimal(100)}
    assert rules.metrics == {"aum": "coalesce(f.aum_average, f.aum, 0)"}
    assert rules.value_case == "case when route in (1, 2) then m_aum end::numeric"
    assert [(route.tier.code, route.metric, route.threshold) for route in rules.routes] == [
        ("B", "aum", Decimal(100)),
        ("A", "aum", Decimal(100)),
    ]


def test_the_balance_is_read_where_the_scheme_says_so() -> None:
    rules = compile_definition(TWO_BANDS.model_copy(update={"basis": Basis.BALANCE}))
    assert rules.metrics == {"aum": "coalesce(f.aum, 0)"}


def test_doors_stand_after_the_rule_of_their_tier_each_alternative_by_itself() -> None:
    way = AnyOf(any=(threshold("loans", ">", 5), threshold("age", "<=", 60)))
    rules = compile_definition(TWO_BANDS.model_copy(update={"doors": (Door(code="d", to="B", when=way),)}))
    assert rules.route_case == (
        "case when (m_aum >= %(p0)s) then 1 when m_loans > %(p1)s then 2 "
        "when coalesce(m_age <= %(p2)s, false) then 3 when (m_aum < %(p0)s) then 4 end"
    )
    assert [route.door.code if route.door else "" for route in rules.routes] == ["", "d", "d", ""]
    assert rules.metrics["age"] == "extract(year from age(%(as_of)s::date, c.birth_date))"


def test_groups_words_and_facts() -> None:
    condition = CONDITION.validate_python(
        {"all": [{"not": {"metric": "industry", "in": ["retail", "hotel"]}}, {"metric": "is_borrower", "is": False}]}
    )
    rest, top = Tier(code="A", name="a", rank=0, colour=0), Tier(code="B", name="b", rank=1, colour=1, when=condition)
    rules = compile_definition(definition(rest, top))
    words = "(not coalesce(m_industry in (%(p0)s, %(p1)s), false))"
    assert rules.routes[0].condition == f"({words} and (not m_is_borrower))"
    assert rules.reads_companies


def test_the_lowest_tier_leaves_what_it_did_not_reach_as_evidence() -> None:
    rules = compile_definition(
        definition(
            Tier(code="rest", name="rest", rank=0, colour=0),
            Tier(
                code="top",
                name="top",
                rank=1,
                colour=1,
                when=Threshold(metric="lots", op=Op.AT_LEAST, value=Decimal(7)),
            ),
        )
    )
    assert [(route.condition, route.metric, route.threshold) for route in rules.routes] == [
        ("m_lots >= %(p0)s", "lots", Decimal(7)),
        ("true", "lots", Decimal(7)),
    ]


def test_exclusions_come_before_every_tier() -> None:
    asleep = Exclusion(code="asleep", name="睡眠户", when=Membership(metric="status", among=("dormant",)))
    rules = compile_definition(TWO_BANDS.model_copy(update={"exclusions": (asleep,)}))
    assert rules.route_case.startswith("case when coalesce(m_status in (%(p1)s), false) then null when ")


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"metric": "aum"},
        {"metric": "aum", "op": "~", "value": 1},
        {"all": []},
        {"metric": "aum", "op": ">=", "value": "x"},
    ],
)
def test_what_is_no_condition_is_refused(nonsense: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CONDITION.validate_python(nonsense)


def test_a_definition_survives_its_json() -> None:
    for version in SchemeVersion.objects.all():
        again = Definition.model_validate(version.rules.model_dump(mode="json", exclude_defaults=True))
        assert again == version.rules


# -- agreement with a plain reading -----------------------------------------------------------------------------------

_NUMBERS = ("aum", "loans", "card_grade", "lots", "age", "annual_sales")
_VALUES = [Decimal(n) for n in ("-5", "0", "1", "2", "2.5", "3", "60", "61", "1000000")]
_leaves = st.one_of(
    st.builds(Threshold, metric=st.sampled_from(_NUMBERS), op=st.sampled_from(Op), value=st.sampled_from(_VALUES)),
    st.builds(
        Membership,
        metric=st.just("industry"),
        among=st.lists(st.sampled_from(["retail", "hotel", ""]), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(Flag, metric=st.sampled_from(["is_borrower", "is_strategic"]), holds=st.booleans()),
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, all=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, any=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, negated=inner),
    ),
    max_leaves=6,
)
_edges = st.lists(st.sampled_from(_VALUES), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Bands without gap or overlap, or conditions over a tier for the rest; doors and an exclusion now and then."""
    if draw(st.booleans()):
        edges = [None, *draw(_edges), None]
        tiers = [
            Tier(code=f"T{n}", name="x", rank=n, colour=0, band=Band(lower=edges[n], upper=edges[n + 1]))
            for n in range(len(edges) - 1)
        ]
    else:
        tiers = [Tier(code="T0", name="x", rank=0, colour=0)]
        tiers += [
            Tier(code=f"T{n}", name="x", rank=n, colour=0, when=tree)
            for n, tree in enumerate(draw(st.lists(_trees, min_size=1, max_size=3)), 1)
        ]
    doors = [
        Door(code=f"d{n}", to=draw(st.sampled_from(tiers)).code, when=tree)
        for n, tree in enumerate(draw(st.lists(_trees, max_size=2)))
    ]
    return Definition(metric="aum", tiers=tuple(tiers), doors=tuple(doors))


def plainly(condition: Condition, known: dict[str, Any]) -> bool:
    """A condition read in Python, word for word."""
    match condition:
        case AllOf(all=parts):
            return all(plainly(part, known) for part in parts)
        case AnyOf(any=parts):
            return any(plainly(part, known) for part in parts)
        case Not(negated=part):
            return not plainly(part, known)
        case Membership(metric=metric, among=words):
            return known[metric] in words
        case Flag(metric=metric, holds=holds):
            return known[metric] is holds
        case Threshold(metric=metric, op=op, value=limit):
            value = known[metric]
            return (
                value is not None
                and {
                    Op.AT_LEAST: value >= limit,
                    Op.ABOVE: value > limit,
                    Op.AT_MOST: value <= limit,
                    Op.BELOW: value < limit,
                    Op.EQUAL: value == limit,
                }[op]
            )


def tier_plainly(rules: Definition, known: dict[str, Any]) -> str:
    """The best tier whose own rule or whose door holds."""
    for tier in rules.descending:
        if tier.band:
            low, high = tier.band.lower, tier.band.upper
            own = (low is None or known["aum"] >= low) and (high is None or known["aum"] < high)
        else:
            own = tier.when is None or plainly(tier.when, known)
        if own or any(plainly(door.when, known) for door in rules.doors_to(tier)):
            return tier.code
    raise AssertionError("no tier takes the customer")


@pytest.fixture
def crowd(make_customer: MakeCustomer) -> dict[int, dict[str, Any]]:
    """Companies of many kinds, with what is known of each; all dates of birth around an edge of 60 years."""
    known = {}
    for n in range(36):
        facts: dict[str, Any] = {
            "aum": _VALUES[n % 9],
            "loans": [None, Decimal(0), Decimal(3)][n % 3],
            "card_grade": [None, 2, 3, 4][n % 4],
            "lots": [None, 1, 60][(n // 3) % 3],
        }
        company = {
            "industry": ["retail", "hotel", ""][n % 3],
            "is_borrower": n % 2 == 0,
            "is_strategic": n % 5 == 0,
            "annual_sales": [None, Decimal(2), Decimal("2.5")][(n // 2) % 3],
        }
        births = [None, date(1966, 11, 22), date(1966, 11, 23), date(1965, 11, 22), date(2004, 2, 29)]
        customer = make_customer(aum_average=facts["aum"], **{**facts, **company, "birth_date": births[n % 5]})
        age = [None, Decimal(60), Decimal(59), Decimal(61), Decimal(22)][n % 5]
        borrows = company["is_borrower"] or (facts["loans"] or 0) > 0
        known[customer.pk] = {
            **{name: Decimal(value or 0) for name, value in facts.items()},
            **company,
            "is_borrower": borrows,
            "age": age,
        }
    return known


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=definitions())
def test_the_database_sorts_as_a_plain_reading_does(crowd: dict[int, dict[str, Any]], rules: Definition) -> None:
    version = SchemeVersion(scheme=Scheme.objects.get(code="corporate-size"), definition={})
    found = Classification(version, compile_definition(rules), TODAY, None)
    rows = rows_of(f"select id, route from ({found.rows()}) sorted", found.params)
    sorted_by_sql = {row["id"]: found.rules.routes[row["route"] - 1].tier.code for row in rows}
    assert sorted_by_sql == {pk: tier_plainly(rules, known) for pk, known in crowd.items()}
    assert len(sorted_by_sql) == Customer.objects.count()
