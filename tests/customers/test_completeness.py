"""How complete archives are (A1 有效资料完备率; empty cards and dormant passbooks excluded)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.factories import CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.enums import ContactKind, RuleTopic
from keheng.customers.models import ArchiveScore, Customer, Person
from keheng.customers.policies.quality import TOPICS
from keheng.customers.quality import completeness
from keheng.customers.queries import shipped_rules
from keheng.portfolio.models import CurrentFigures, MonthEndFigures
from keheng.portfolio.operations import ensure_months

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
RULES = shipped_rules(RuleTopic.COMPLETENESS)


def score(customer: Customer) -> ArchiveScore:
    operations.refresh_completeness(at=AT)
    return ArchiveScore.objects.get(customer=customer)


def weight(profile: str, *fields: str) -> int:
    weights = next(one.weights for one in RULES.profiles if one.code == profile)  # type: ignore[attr-defined]
    return sum(weights[field] for field in fields)


def test_a1_a_score_is_the_sum_of_the_weights_of_what_is_known() -> None:
    customer = CustomerFactory.create(occupation="教师", sex="f", birth_date=date(1970, 1, 1))
    ContactPointFactory.create(customer=customer)
    found = score(customer)
    assert found.score == weight("person", "occupation", "sex", "birth_date", "mobile")
    assert set(found.missing) == {"document", "address", "owner", "education", "marital", "annual_income"}
    assert found.rules == 0


def test_a1_weights_differ_by_tier() -> None:
    customer = CustomerFactory.create(tier="T4", owner=StaffFactory.create())
    Person.objects.create(customer=customer, annual_income=Decimal(300000), employer="温州中学", interests=["travel"])
    found = score(customer)
    assert found.score == weight("person-upper", "owner", "annual_income", "employer", "interests")
    assert "emergency_name" in found.missing


def test_a1_companies_have_fields_of_their_own() -> None:
    customer = CompanyFactory.create(industry="retail", employees=12).customer
    assert score(customer).score == weight("company", "industry", "employees")


def test_every_weighed_field_is_known_and_of_the_profiles_kind() -> None:
    known = completeness.fields()
    for profile in RULES.profiles:  # type: ignore[attr-defined]
        for field in profile.weights:
            assert profile.kind in known[field].kinds, field


def test_a1_closed_customers_have_no_score_and_an_unchanged_archive_is_not_written_again() -> None:
    customer = CustomerFactory.create()
    assert operations.refresh_completeness(at=AT).found == 1
    assert operations.refresh_completeness(at=AT).found == 0
    Customer.objects.filter(pk=customer.pk).update(status="closed")
    operations.refresh_completeness(at=AT)
    assert not ArchiveScore.objects.exists()


@pytest.mark.parametrize(
    ("aum", "months", "more", "effective"),
    [
        ("0", ["0", "0"], {}, False),
        ("9.99", ["9.99"], {}, False),
        ("10", ["10"], {}, True),
        ("0", ["0", "500"], {}, True),
        ("0", ["0"], {"loans": 1000}, True),
        ("0", ["0"], {"card_spend": 100}, True),
        (None, [], {}, False),
    ],
    ids=["empty card", "dormant passbook", "enough", "moved within the year", "loan", "card", "no figures at all"],
)
def test_a1_empty_cards_and_dormant_passbooks_are_not_effective(
    aum: str | None, months: list[str], more: dict[str, Any], effective: bool
) -> None:
    customer = CustomerFactory.create()
    today = date.today()  # noqa: DTZ011  # the statement asks the database for its date
    ends = [date(today.year - (today.month <= back), (today.month - 1 - back) % 12 + 1, 28) for back in (1, 3)]
    ends = [_month_end(day) for day in ends]
    ensure_months(ends)
    if aum is not None:
        CurrentFigures.objects.create(customer=customer, as_of=today, aum=Decimal(aum), **more)
    for end, amount in zip(ends, months, strict=False):
        MonthEndFigures.objects.create(customer=customer, month_end=end, aum=Decimal(amount))
    assert score(customer).is_effective is effective


def _month_end(day: date) -> date:
    from keheng.common.clock import month_end

    return month_end(day)


def test_an_edit_is_scored_in_its_own_transaction() -> None:
    actor = StaffFactory.create()
    customer = CustomerFactory.create()
    operations.set_contact_point(customer=customer, kind=ContactKind.MOBILE, value="13812345678", actor=actor, at=AT)
    assert "mobile" not in ArchiveScore.objects.get(customer=customer).missing
    operations.change_customer(customer=customer, facts={"occupation": "教师"}, actor=actor, at=AT)
    assert "occupation" not in ArchiveScore.objects.get(customer=customer).missing
    operations.assign_owner(
        customers=Customer.objects.filter(pk=customer.pk), owner=actor, reason="分配", actor=actor, at=AT
    )
    assert "owner" not in ArchiveScore.objects.get(customer=customer).missing


def test_weights_add_up_to_100_and_every_kind_has_a_profile() -> None:
    content = RULES.model_dump(mode="json")
    content["profiles"][1]["weights"]["mobile"] += 1
    with pytest.raises(ValueError, match="101"):
        TOPICS["completeness"].model_validate(content)
    content = RULES.model_dump(mode="json")
    content["profiles"] = content["profiles"][:2]
    with pytest.raises(ValueError, match="company"):
        TOPICS["completeness"].model_validate(content)
    with pytest.raises(ValidationError):
        operations.change_quality_rules(
            topic=RuleTopic.COMPLETENESS, content=content, reason="试", actor=StaffFactory.create(), at=AT
        )
