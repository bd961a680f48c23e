"""The migration matrix, the near-threshold list, the funnel, the distribution: figures, scope, lists, cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import TODAY, Evaluate, MakeCustomer, give, give_at, wan

from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering import queries
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Move, Scheme, Standing

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)
VIEWER = ("tiering.view", "customers.view")


def retail() -> Scheme:
    return Scheme.objects.get(code="bank-retail")


def cells(start: date, end: date, staff: Staff) -> dict[tuple[str, str], tuple[int, Decimal]]:
    found = queries.migration(queries.passage(retail(), start, end), staff)
    return {(cell.before, cell.after): (cell.customers, cell.aum) for cell in found.cells if cell.customers}


@pytest.fixture
def year(downgrades_at_once: None, make_customer: MakeCustomer, run_of: Evaluate) -> dict[str, Any]:
    """Evaluations of three month ends and today; one rises twice, one falls and comes back, one stays, one is new."""
    north, south = BranchFactory.create(), BranchFactory.create()
    manager = StaffFactory.create(branch=north, scope=DataScope.OWN, permissions=VIEWER)
    people = {
        "rises": make_customer(name="升", branch=north, owner=manager, aum_average=wan(60)),
        "returns": make_customer(name="回", branch=south, aum_average=wan(30)),
        "stays": make_customer(name="稳", branch=south, aum_average=wan(7)),
    }
    for day, amounts in (
        (AUGUST, (6, 30, 7)),
        (SEPTEMBER, (25, 9, 7)),
        (OCTOBER, (60, 30, 7)),
    ):
        for person, amount in zip(people.values(), amounts, strict=True):
            give_at(person, day, aum_average=wan(amount))
        run_of(as_of=day)
    people["new"] = make_customer(name="新", branch=north, aum_average=wan(1))
    run_of()
    Customer.objects.update(aum=0)
    for person, amount in zip(people.values(), (60, 30, 7, 1), strict=True):
        Customer.objects.filter(pk=person.pk).update(aum=wan(amount))
    return people | {"north": north, "manager": manager}


# -- the matrix ------------------------------------------------------------------------------------------------------


def test_who_moved_between_two_dates(year: dict[str, Any], actor: Staff) -> None:
    assert cells(AUGUST, SEPTEMBER, actor) == {
        ("T2", "T3"): (1, wan(25)),
        ("T3", "T2"): (1, wan(9)),
        ("T2", "T2"): (1, wan(7)),
    }
    assert cells(AUGUST, OCTOBER, actor) == {
        ("T2", "T4"): (1, wan(60)),
        ("T3", "T3"): (1, wan(30)),
        ("T2", "T2"): (1, wan(7)),
    }
    assert cells(OCTOBER, TODAY, actor)["", "T1"] == (1, wan(1))


def test_a_matrix_counts_the_scope_and_no_more(year: dict[str, Any]) -> None:
    head = StaffFactory.create(branch=year["north"], scope=DataScope.SUBTREE, permissions=VIEWER)
    assert cells(AUGUST, TODAY, head) == {("T2", "T4"): (1, wan(60)), ("", "T1"): (1, wan(1))}
    assert cells(AUGUST, TODAY, year["manager"]) == {("T2", "T4"): (1, wan(60))}


def test_each_cell_opens_as_many_customers_as_it_counts(year: dict[str, Any], actor: Staff, client: Client) -> None:
    client.force_login(actor)
    for start, end in ((AUGUST, SEPTEMBER), (AUGUST, OCTOBER), (SEPTEMBER, TODAY), (AUGUST, TODAY)):
        page = client.get(reverse("tiering-matrix", args=["bank-retail"]), {"from": start, "to": end})
        links = [(cell, link) for _label, row in page.context["rows"] for cell, link in row if cell.customers]
        assert links
        for cell, link in links:
            assert len(client.get(link).context["rows"]) == cell.customers, (start, end, cell)


def test_dates_without_an_evaluation_are_refused_with_why(year: dict[str, Any], client: Client, actor: Staff) -> None:
    with pytest.raises(TieringError, match="2026-08-31"):
        queries.passage(retail(), date(2026, 5, 31), SEPTEMBER)
    with pytest.raises(TieringError, match="不早于"):
        queries.passage(retail(), OCTOBER, SEPTEMBER)
    client.force_login(actor)
    address = reverse("tiering-matrix", args=["futures"])
    assert "还没有按本方案评定过" in client.get(address).content.decode()
    assert client.get(reverse("tiering-passed", args=["futures"])).status_code == 302


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.lists(st.lists(st.sampled_from([0, 6, 25, 60, 400]), min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_matrix_agrees_with_the_tiers_of_both_days(
    make_customer: MakeCustomer, run_of: Evaluate, actor: Staff, ways: list[list[int]]
) -> None:
    from django.db import transaction

    with transaction.atomic():
        days = (AUGUST, SEPTEMBER, OCTOBER)
        people = [make_customer(aum_average=wan(way[-1])) for way in ways]
        held: list[dict[int, str]] = []
        for at, day in enumerate(days):
            for person, way in zip(people, ways, strict=True):
                give_at(person, day, aum_average=wan(way[at]))
            run_of(as_of=day)
            held.append(dict(Standing.objects.filter(scheme=retail()).values_list("customer_id", "tier")))
        for first, last in ((0, 1), (0, 2), (1, 2)):
            expected: dict[tuple[str, str], int] = {}
            for person in people:
                way = held[first][person.pk], held[last][person.pk]
                expected[way] = expected.get(way, 0) + 1
            found = cells(days[first], days[last], actor)
            assert {way: customers for way, (customers, _aum) in found.items()} == expected
        transaction.set_rollback(True)


def test_the_matrix_takes_few_queries(year: dict[str, Any], actor: Staff) -> None:
    way = queries.passage(retail(), AUGUST, TODAY)
    with CaptureQueriesContext(connection) as captured:
        queries.migration(way, actor)
    assert len(captured) <= 6


# -- near a threshold ------------------------------------------------------------------------------------------------


@pytest.fixture
def close(make_customer: MakeCustomer, run_of: Evaluate) -> dict[str, Customer]:
    """Customers about the edge of 50 (platinum), with the figures of three month ends ago."""
    people = {}
    for name, now, then in (
        ("快", "48.8", "40.8"),
        ("慢", "46", "46"),
        ("远", "30", "20"),
        ("险", "51", "57"),
        ("稳", "90", "90"),
    ):
        person = make_customer(name=name, aum_average=wan(now), aum=wan(now))
        Customer.objects.filter(pk=person.pk).update(aum=wan(now))
        give_at(person, AUGUST, aum_average=wan(then))
        people[name] = person
    run_of()
    return people


def near(staff: Staff, **more: Any) -> dict[str, tuple[Decimal, Any]]:
    found = queries.near(queries.ladder(retail(), TODAY), Customer.objects.visible_to(staff), **more)
    return {row.name: (row.gap, row.months_left and round(row.months_left, 2)) for row in found}


def test_who_lacks_little_and_when_they_get_there(close: dict[str, Customer], actor: Staff) -> None:
    assert near(actor) == {
        "快": (wan("1.2"), Decimal("0.45")),  # 8万 in three months: 1.2万 in half a month
        "慢": (wan(4), None),
    }
    assert set(near(actor, share=5)) == {"快"}


def test_who_is_about_to_fall(close: dict[str, Customer], actor: Staff) -> None:
    assert near(actor, side="down") == {"险": (wan(1), Decimal("0.5"))}


def test_who_has_reached_the_edge_and_waits(close: dict[str, Customer], actor: Staff) -> None:
    give(close["慢"], aum_average=wan(55))
    Customer.objects.filter(pk=close["慢"].pk).update(aum=wan(55))
    assert near(actor, side="reached") == {"慢": (wan(-5), 0)}


def test_whoever_a_door_lifts_does_not_fall_by_the_band(
    make_customer: MakeCustomer, run_of: Evaluate, actor: Staff
) -> None:
    make_customer(name="卡", aum_average=wan(1), card_grade=3)
    run_of()
    assert near(actor, side="down") == {}


def test_the_list_says_so_in_words_and_within_the_scope(
    close: dict[str, Customer], actor: Staff, client: Client
) -> None:
    client.force_login(actor)
    address = reverse("tiering-near", args=["bank-retail"])
    page = client.get(address).content.decode()
    for words in ("差 1.20万升级", "48.80万", "+2.67万", "2026-12", "3 个月内 1 位"):
        assert words in page
    assert len(client.get(address, {"months": 3}).context["rows"]) == 1
    assert "距下限 1.00万" in client.get(address, {"side": "down"}).content.decode()
    assert len(client.get(address, {"tier": "T4"}).context["rows"]) == 0
    client.force_login(StaffFactory.create(scope=DataScope.OWN, permissions=VIEWER))
    assert len(client.get(address).context["rows"]) == 0
    assert client.get(reverse("tiering-near", args=["corporate-size"])).status_code == 302


def test_another_metric_and_a_scheme_that_is_not_primary(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(name="近", kind="company", deposits_average=Decimal(190_000_000))
    run_of("corporate-class")
    found = queries.near(queries.ladder(Scheme.objects.get(code="corporate-class"), TODAY), Customer.objects.all())
    assert [(row.held, row.gap) for row in found] == [("II", Decimal(10_000_000))]


# -- funnel, distribution --------------------------------------------------------------------------------------------


def test_the_funnel_counts_what_its_lists_show(year: dict[str, Any], actor: Staff, client: Client) -> None:
    client.force_login(actor)
    page = client.get(reverse("tiering-funnel", args=["bank-retail"]))
    risen = {row.goal.code: (row.risen, links["risen"]) for row, links in page.context["rows"]}
    assert {code: number for code, (number, _link) in risen.items() if number} == {"T4": 1}
    assert len(client.get(risen["T4"][1]).context["rows"]) == 1
    far = {row.goal.code: (row.far, links["far"]) for row, links in page.context["rows"]}
    for number, link in far.values():
        assert len(client.get(link).context["rows"]) == number
    assert "没有差额可算" in client.get(reverse("tiering-funnel", args=["corporate-size"])).content.decode()


def test_branches_and_managers_add_up_to_the_pyramid(year: dict[str, Any], actor: Staff, client: Client) -> None:
    client.force_login(actor)
    address = reverse("tiering-distribution", args=["bank-retail"])
    for query in ({}, {"by": "owner"}):
        rows = client.get(address, query).context["rows"]
        assert (sum(row["customers"] for row in rows), sum(row["aum"] for row in rows)) == (4, wan(98))
    own = next(row for row in rows if row["name"] == year["manager"].name)
    assert (own["customers"], own["hours"]) == (1, Decimal("1.5"))
    growth = client.get(address, {"by": "owner", "owner": year["manager"].pk}).context["growth"]
    assert {str(series.name): list(series.values) for series in growth.series}["白金"] == [0, 0, 1, 1]


@pytest.mark.parametrize(("permissions", "status"), [(("customers.view",), 403), (("tiering.view",), 200)])
def test_pages_by_permission(client: Client, year: dict[str, Any], permissions: tuple[str, ...], status: int) -> None:
    client.force_login(StaffFactory.create(permissions=permissions))
    for name in ("matrix", "passed", "near", "funnel", "distribution"):
        assert client.get(reverse(f"tiering-{name}", args=["bank-retail"])).status_code == status


@pytest.mark.parametrize("name", ["near", "passed", "distribution"])
def test_lists_cost_the_same_for_one_row_and_for_three(
    close: dict[str, Customer], run_of: Evaluate, actor: Staff, client: Client, name: str, make_customer: MakeCustomer
) -> None:
    client.force_login(actor)
    Move.objects.update(effective_on=TODAY - timedelta(days=1))
    address = reverse(f"tiering-{name}", args=["bank-retail"]) + ("?by=owner" if name == "distribution" else "")

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    one = cost()
    for _ in range(2):
        person = make_customer(branch=BranchFactory.create(), owner=StaffFactory.create(), aum_average=wan(47))
        Customer.objects.filter(pk=person.pk).update(aum=wan(47))
    run_of()
    assert cost() <= one + 1  # the branch above appears with the second branch
