"""What the customer list can be narrowed by."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.common import clock
from keheng.customers import operations
from keheng.customers.enums import CustomerKind, CustomerStatus
from keheng.customers.filters import CustomerFilter
from keheng.customers.models import Assessment, Customer, Person, Questionnaire, Sheet
from keheng.customers.values.identity import age_on
from keheng.org import queries
from keheng.org.enums import DataScope

pytestmark = pytest.mark.django_db


def left(query: str, **reader: object) -> set[str]:
    request = SimpleNamespace(user=StaffFactory.create(**reader))
    filterset = CustomerFilter(QueryDict(query), queryset=Customer.objects.all(), request=request)
    assert filterset.is_valid(), filterset.errors
    return set(filterset.qs.values_list("name", flat=True))


def test_age_counts_completed_years_both_ends_included() -> None:
    today = clock.today()
    births = [
        today.replace(year=today.year - 60, day=min(today.day, 28)) + timedelta(days=shift) for shift in (-1, 0, 1)
    ]
    births += [date(today.year - 61, 1, 1), date(today.year - 30, 6, 1), date(1896, 2, 29)]
    for birth in births:
        CustomerFactory.create(name=str(birth), birth_date=birth)
    CustomerFactory.create(name="unknown", birth_date=None)
    for low, high in ((60, 60), (None, 59), (60, None), (100, 400), (0, 0)):
        asked = {"age_min": low, "age_max": high}
        query = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
        expected = {
            str(birth) for birth in births if (low or 0) <= age_on(birth, today) <= (high if high is not None else 999)
        }
        assert left(query) == expected, query


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=company", {"公司"}),
        ("status=closed&status=dormant", {"销户"}),
        ("aum_min=20&aum_max=50", {"二十万"}),
        ("aum_max=20", {"公司", "销户", "十一月", "勿扰"}),
        ("birthday=11", {"十一月"}),
        ("do_not_disturb=true", {"勿扰"}),
        ("opened_on_after=2026-01-01", {"勿扰"}),
    ],
)
def test_filters(query: str, names: set[str]) -> None:
    CustomerFactory.create(name="公司", kind=CustomerKind.COMPANY)
    CustomerFactory.create(name="销户", status=CustomerStatus.CLOSED)
    CustomerFactory.create(name="二十万", aum=200_000)  # the lower edge is included
    CustomerFactory.create(name="五十万", aum=500_000)  # the upper edge is not
    CustomerFactory.create(name="十一月", birth_date=date(1974, 11, 12))
    CustomerFactory.create(name="勿扰", do_not_disturb=True, opened_on=date(2026, 2, 1))
    assert left(query) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sex=f", {"甲"}),
        ("occupation=企业", {"甲"}),
        ("income_min=80&income_max=100", {"甲"}),
        ("income_max=80", {"乙"}),
        ("interests=tea&interests=golf", {"甲", "乙"}),
        ("spending=planned", {"甲"}),
        ("investments=funds", {"乙"}),
        ("risk=C4&risk=C5", {"甲"}),
        ("sex=f&risk=C2", set()),
    ],
)
def test_a1_customers_are_classed_for_precision_marketing(query: str, names: set[str]) -> None:
    """004a: by age, sex, hobby, occupation, income, spending habit, risk appetite; of whom the reader is shown it."""
    operations.load_questionnaires()
    for name, level in (("甲", 1), ("密", 3)):
        first = CustomerFactory.create(name=name, sex="f", occupation="私营企业主", confidentiality=level)
        Person.objects.create(customer=first, annual_income=800_000, interests=["tea"], spending_habit="planned")
        _assessed(first, "C4")
    second = CustomerFactory.create(name="乙", sex="m", occupation="教师")
    Person.objects.create(customer=second, annual_income=150_000, interests=["golf", "pets"])
    Sheet.objects.create(customer=second, investments=["funds"])
    _assessed(second, "C2")
    assert left(query, permissions=("customers.view",)) == names
    assert left(query) == (names | {"密"} if "甲" in names else names)


def _assessed(customer: Customer, grade: str) -> None:
    today = clock.today()
    Assessment.objects.create(
        customer=customer, questionnaire=Questionnaire.objects.filter(kind="person").latest("pk"), answers={}, score=1,
        tolerance=1, preference=1, grade=grade, taken_on=today, valid_until=today + timedelta(days=365),
        channel="counter", by=StaffFactory.create(), at=clock.now(),
    )  # fmt: skip


def test_a_branch_stands_for_all_below_it_and_only_visible_ones_are_offered() -> None:
    above = BranchFactory.create(kind="branch")
    below, elsewhere = BranchFactory.create(parent=above), BranchFactory.create()
    for branch, name in ((above, "上"), (below, "下"), (elsewhere, "外")):
        CustomerFactory.create(branch=branch, name=name)
    assert left(f"branch={above.pk}") == {"上", "下"}
    reader = SimpleNamespace(user=StaffFactory.create(branch=above, scope=DataScope.SUBTREE))
    offered = CustomerFilter(
        QueryDict(""), queryset=Customer.objects.all(), request=reader, also=("branch",)
    ).form.fields["branch"]
    assert set(offered.queryset) == {above, below}


def test_owner_or_nobody() -> None:
    owner = StaffFactory.create()
    CustomerFactory.create(name="有", owner=owner)
    CustomerFactory.create(name="无")
    assert left(f"owner={owner.pk}") == {"有"}
    assert left("owner=none") == {"无"}


def test_customers_are_counted_on_the_tree_of_branches() -> None:
    outlet = BranchFactory.create()
    CustomerFactory.create_batch(3, branch=outlet)
    counts = {node.branch.code: node.counts for node in queries.tree(StaffFactory.create())}
    place = queries.tree_headings().index(next(h for h in queries.tree_headings() if h in {"客户", "Customers"}))
    assert counts[outlet.code][place] == 3
    assert counts["HO"][place] == 3
