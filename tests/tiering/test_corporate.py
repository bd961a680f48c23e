"""Companies: the tree of types, the size standards, the strategic list (A2 [004d], [004m], decisions 25 and 26)."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer

from keheng.customers.enums import GroupRole
from keheng.customers.models import Company, CompanyGroup, Customer, GroupMember
from keheng.org.models import Staff
from keheng.tiering.enums import SchemeKind, VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Scheme, SchemeVersion, Standards, Standing, StrategicList
from keheng.tiering.operations.corporate import put_in_force, save_standards, upload_strategic
from keheng.tiering.policies.company_types import LEAVES, TREE
from keheng.tiering.policies.standards import StandardsTable, faults, size_definition
from keheng.tiering.policies.validation import problems
from keheng.tiering.queries import companies as queries
from keheng.tiering.queries.schemes import scheme_named, version_on
from keheng.tiering.sheets import SheetRow


def table(**changes: Any) -> StandardsTable:
    content = Standards.objects.get(number=1).table.model_dump(mode="json")
    return StandardsTable.model_validate({**content, **changes})


def tier_of(customer: Customer, scheme: str = "corporate-size") -> str:
    return Standing.objects.get(scheme__code=scheme, customer=customer).tier


def test_a2_the_tree_has_the_types_of_004d() -> None:
    assert [node.depth for node in TREE] == [0, 1, 2, 2, 2, 1, 0, 1, 1]
    assert len(LEAVES) == 6


def test_a2_every_company_lies_in_one_leaf(actor: Staff, make_customer: MakeCustomer) -> None:
    kinds = {
        "borrower.company.traditional": {"is_borrower": True, "industry": "manufacturing"},
        "borrower.company.emerging": {"is_borrower": True, "industry": "物联网"},
        "borrower.company.real-estate": {"loans": 100, "industry": "real-estate"},
        "borrower.institution": {"is_borrower": True, "is_institution": True, "industry": "iot"},
        "free.company": {"industry": "iot"},
        "free.institution": {"is_institution": True},
    }
    made = {code: make_customer(kind="company", **facts) for code, facts in kinds.items()}
    make_customer(kind="person")
    make_customer(kind="company", status="closed")
    found = queries.classified(queries.companies(actor), table())
    assert {row.company_type: row.pk for row in found} == {code: one.pk for code, one in made.items()}
    assert {row.pk: row.population for row in found}[made["borrower.company.real-estate"].pk] == "existing"
    assert queries.of_types(found, ["borrower.company"]).count() == 3
    rows = {row.node.code: row for row in queries.type_tree(actor)}
    assert (rows["borrower"].customers, rows["borrower.company"].customers, rows["free"].customers) == (4, 3, 2)
    assert rows["borrower"].loans == 100
    assert rows["borrower"].existing == 1
    assert rows["borrower.company"].share == pytest.approx(3 / 4)


def test_the_tree_is_one_query_and_empty_without_companies(
    actor: Staff, make_customer: MakeCustomer, django_assert_num_queries: Any
) -> None:
    assert all(row.customers == 0 and row.share == 0 for row in queries.type_tree(actor))
    for _ in range(3):
        make_customer(kind="company")
    with django_assert_num_queries(2):  # the standards and the tree
        queries.type_tree(actor)


def test_decision_25_the_standards_yield_the_rules_of_the_preset() -> None:
    """The numbers stand once: the size scheme that ships is what the table that ships comes to."""
    rules = SchemeVersion.objects.get(scheme__code="corporate-size").rules
    assert size_definition(table(), rules) == rules


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({"annual_sales": 300_000_000}, "large"),
        ({"annual_sales": 299_999_999, "total_assets": 40_000_001}, "medium"),
        ({"annual_sales": 150_000_000, "industry": "retail"}, "large"),
        ({"annual_sales": 150_000_000, "industry": "餐饮业"}, "large"),
        ({"annual_sales": 149_999_999, "total_assets": 50_000_000, "industry": "hotel"}, "medium"),
        ({"annual_sales": 30_000_001, "total_assets": 40_000_001}, "medium"),
        ({"annual_sales": 30_000_000, "total_assets": 40_000_001}, "small"),
        ({"annual_sales": 30_000_001, "total_assets": 40_000_000}, "small"),
        ({"annual_sales": 10_000_001, "industry": "retail"}, "medium"),
        ({"annual_sales": 10_000_000, "industry": "retail"}, "small"),
        ({"is_borrower": False, "deposits_average": 500_000}, "above-scale"),
        ({"is_borrower": False, "deposits_average": 499_999}, "below-scale"),
        ({"is_strategic": True}, "strategic"),
    ],
)
def test_a2_and_decision_25_sizes(
    make_customer: MakeCustomer, run_of: Evaluate, facts: dict[str, Any], tier: str
) -> None:
    customer = make_customer(**{"is_borrower": True, **facts})
    run_of("corporate-size")
    assert tier_of(customer) == tier


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({"deposits_average": 200_000_000}, "I"),
        ({"deposits_average": 0, "credit_target": 200_000_000}, "I"),
        ({"deposits_average": 199_999_999}, "II"),
        ({"deposits_average": 50_000_000}, "II"),
        ({"deposits_average": 49_999_999}, "III"),
    ],
)
def test_a2_marketing_classes_of_004m(
    make_customer: MakeCustomer, run_of: Evaluate, facts: dict[str, Any], tier: str
) -> None:
    customer = make_customer(kind="company", **facts)
    run_of("corporate-class")
    assert tier_of(customer, "corporate-class") == tier


amounts = st.integers(1, 10**10).map(Decimal)


@given(amounts, st.none() | amounts, st.none() | amounts, st.lists(st.tuples(amounts, amounts), max_size=3))
def test_whatever_table_without_faults_makes_rules_without_gaps(
    large: Decimal, small: Decimal | None, assets: Decimal | None, lines: list[tuple[Decimal, Decimal]]
) -> None:
    made = StandardsTable.model_validate(
        {
            "scale_deposits": 500000,
            "others": {"code": "others", "large_sales": large, "small_sales": small, "small_assets": assets},
            "industries": [
                {"code": f"i{place}", "large_sales": one, "small_sales": other}
                for place, (one, other) in enumerate(lines)
            ],
        }
    )
    base = version_on(scheme_named("corporate-size"), TODAY).rules
    if not faults(made):
        assert not problems(size_definition(made, base), SchemeKind.COMPANY)


def test_new_standards_wait_as_a_draft_for_the_second_person(actor: Staff) -> None:
    changed = table(others={"code": "others", "large_sales": 400_000_000, "small_sales": 30_000_000, "small_assets": 1})
    made = save_standards(table=changed, note="行业会议纪要", actor=actor, at=NOON)
    assert made.number == 2
    assert made.version is not None
    assert made.version.state == VersionState.DRAFT
    assert made.version.number == 2
    assert version_on(Scheme.objects.get(code="corporate-size"), TODAY).number == 1
    with pytest.raises(ValidationError):
        save_standards(table=changed, note="again", actor=actor, at=NOON)
    with pytest.raises(ValidationError):
        save_standards(table=table(), note="", actor=actor, at=NOON)
    with pytest.raises(PermissionDenied):
        save_standards(table=table(), note="x", actor=StaffFactory.create(permissions=("tiering.run",)), at=NOON)


def test_a_change_of_markets_alone_needs_no_new_rules(actor: Staff) -> None:
    industries = table().model_dump(mode="json")["industries"]
    industries[0]["market"] = "emerging"
    assert save_standards(table=table(industries=industries), note="x", actor=actor, at=NOON).version is None


@pytest.mark.usefixtures("english")
def test_tables_that_contradict_themselves_are_refused(actor: Staff) -> None:
    line = {"code": "retail", "words": ["零售业"], "large_sales": 10, "small_sales": 10}
    wrong = table(industries=[line, {**line, "small_sales": None, "code": "shop"}])
    told = " ".join(faults(wrong))
    assert "零售业" in told
    assert "shop: a limit for small enterprises is missing" in told
    assert "retail: the sales of a large company must lie above" in told
    with pytest.raises(ValidationError):
        save_standards(table=wrong, note="x", actor=actor, at=NOON)


@pytest.fixture
def group(actor: Staff, make_customer: MakeCustomer) -> tuple[Customer, Customer]:
    """A head and a member of the group 浙江能源集团."""
    head, member = make_customer(kind="company", name="浙江能源股份"), make_customer(kind="company", name="能源物流")
    held = CompanyGroup.objects.create(name="浙江能源集团")
    for customer, role in ((head, GroupRole.HEAD), (member, next(r for r in GroupRole if r != GroupRole.HEAD))):
        GroupMember.objects.create(group=held, customer=customer, role=role, changed_by=actor, changed_at=NOON)
    return head, member


def test_decision_26_the_list_and_the_members_of_its_groups_are_strategic(
    actor: Staff, make_customer: MakeCustomer, group: tuple[Customer, Customer], run_of: Evaluate
) -> None:
    head, member = group
    by_name = make_customer(kind="company", name="瓯海港务有限公司")
    former = make_customer(is_strategic=True)
    rows = [
        SheetRow(2, {"group": "浙江能源集团", "name": "", "number": head.number}),
        SheetRow(3, {"group": "瓯海港务", "name": "瓯海港务有限公司"}),
        SheetRow(4, {"group": "瓯海港务", "name": "瓯海港务有限公司"}),
        SheetRow(5, {"group": "无名集团", "name": "查无此企业"}),
        SheetRow(6, {"group": "无名集团"}),
    ]
    preview = upload_strategic(rows=rows, file_name="总战客户2026.xlsx", note="年度更新", actor=actor, at=NOON)
    assert (preview.matched, preview.members, preview.flawed, preview.groups) == (2, 1, 3, 2)
    flaws = dict(preview.entries.exclude(flaw="").values_list("row", "flaw"))
    assert flaws == {4: "twice", 5: "unknown", 6: "no_company"}
    assert not Company.objects.get(customer=head).is_strategic
    put_in_force(strategic_list=preview, actor=actor, at=NOON)
    strategic = set(Company.objects.filter(is_strategic=True).values_list("customer_id", flat=True))
    assert strategic == {head.pk, member.pk, by_name.pk}
    assert CompanyGroup.objects.get().is_strategic
    assert former.pk not in strategic
    run_of("corporate-size")
    assert tier_of(member) == "strategic"
    with pytest.raises(TieringError):
        put_in_force(strategic_list=preview, actor=actor, at=NOON)


def test_two_companies_of_one_name_are_not_guessed(actor: Staff, make_customer: MakeCustomer) -> None:
    for _ in range(2):
        make_customer(kind="company", name="同名有限公司")
    preview = upload_strategic(
        rows=[SheetRow(2, {"name": "同名有限公司"})], file_name="a.csv", note="", actor=actor, at=NOON
    )
    assert preview.entries.get().flaw == "ambiguous"
    with pytest.raises(TieringError):
        put_in_force(strategic_list=preview, actor=actor, at=NOON)


def test_a_new_preview_replaces_the_last_and_not_what_is_in_force(actor: Staff, make_customer: MakeCustomer) -> None:
    one = make_customer(kind="company")
    rows = [SheetRow(2, {"number": one.number})]
    first = upload_strategic(rows=rows, file_name="a.csv", note="", actor=actor, at=NOON)
    put_in_force(strategic_list=first, actor=actor, at=NOON)
    upload_strategic(rows=rows, file_name="b.csv", note="", actor=actor, at=NOON)
    upload_strategic(rows=rows, file_name="c.csv", note="", actor=actor, at=NOON)
    assert list(StrategicList.objects.values_list("file_name", flat=True)) == ["c.csv", "a.csv"]
    with pytest.raises(PermissionDenied):
        upload_strategic(
            rows=rows, file_name="d", note="", actor=StaffFactory.create(permissions=("tiering.view",)), at=NOON
        )
