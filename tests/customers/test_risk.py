"""A1 and decision 22: risk assessment C1 to C5, tolerance and preference, valid 12 months, the lowest tolerance."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import CompanyFactory, CustomerFactory, StaffFactory

import keheng.customers
from keheng.audit.models import Entry
from keheng.customers import operations
from keheng.customers.enums import ArchiveClass, AssessmentChannel, CustomerKind
from keheng.customers.models import Assessment, Customer, Questionnaire, QuestionnaireDraft, Review
from keheng.customers.operations.questionnaires import change_draft, draft_questionnaire, settle_questionnaire
from keheng.customers.policies.risk import (
    GRADES,
    Definition,
    UnansweredError,
    assess,
    days_left,
    may_buy,
    valid_until,
)
from keheng.customers.queries.risk import risk_of

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PRESET = yaml.safe_load((Path(keheng.customers.__file__).parent / "presets/risk/person.yaml").read_text())
DEFINITION = Definition.model_validate(PRESET)
ALL = st.fixed_dictionaries({asked.code: st.integers(0, len(asked.options) - 1) for asked in DEFINITION.questions})


def most(**but: int) -> dict[str, int]:
    """The boldest answers, but for those given."""
    boldest = {
        asked.code: max(range(len(asked.options)), key=lambda place: asked.options[place].points)
        for asked in DEFINITION.questions
    }
    return boldest | but


# -- the policy -----------------------------------------------------------------------------------------------------


@given(ALL)
def test_no_answer_lifts_the_grade_above_the_tolerance(answers: dict[str, int]) -> None:
    result = assess(DEFINITION, answers)
    assert 0 <= result.score <= 100
    assert GRADES.index(result.grade) <= GRADES.index(DEFINITION.grade_of(result.tolerance))
    assert not result.is_minimum or result.grade == "C1"


@given(ALL, st.data())
def test_a_bolder_answer_never_lowers_the_score(answers: dict[str, int], data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(DEFINITION.questions))
    place = data.draw(st.integers(0, len(asked.options) - 1))
    bolder = asked.options[place].points >= asked.options[answers[asked.code]].points
    before, after = (assess(DEFINITION, given).score for given in (answers, {**answers, asked.code: place}))
    assert after >= before if bolder else after <= before


def test_decision_22_five_grades_with_lower_edges_included() -> None:
    grades = [DEFINITION.grade_of(Decimal(score)) for score in ("0", "19.99", "20", "40", "59.99", "60", "80", "100")]
    assert grades == ["C1", "C1", "C2", "C3", "C3", "C4", "C5", "C5"]
    assert assess(DEFINITION, most()).grade == "C5"
    assert assess(DEFINITION, {asked.code: 0 for asked in DEFINITION.questions} | {"capacity": 0}).grade == "C1"


@pytest.mark.parametrize(("code", "place"), [("loss", 0), ("capacity", 1)])
def test_who_bears_no_loss_or_cannot_decide_has_the_lowest_tolerance(code: str, place: int) -> None:
    result = assess(DEFINITION, most(**{code: place}))
    assert (result.grade, result.is_minimum) == ("C1", True)


def test_age_and_income_cap_the_grade() -> None:
    assert assess(DEFINITION, most(age=0)).grade == "C3"
    assert assess(DEFINITION, most(income=0)).grade == "C2"


def test_every_question_must_be_answered() -> None:
    answers = most()
    del answers["aim"]
    answers["loss"] = 9
    with pytest.raises(UnansweredError) as caught:
        assess(DEFINITION, answers)
    assert caught.value.codes == ["aim", "loss"]


@pytest.mark.parametrize(
    ("taken", "until"),
    [("2026-11-22", "2027-11-21"), ("2024-02-29", "2025-02-27"), ("2026-01-01", "2026-12-31")],
)
def test_decision_22_an_assessment_holds_12_months(taken: str, until: str) -> None:
    assert valid_until(date.fromisoformat(taken), DEFINITION.valid_months) == date.fromisoformat(until)
    assert DEFINITION.valid_months == 12


def test_decision_22_c_n_buys_up_to_r_n_and_the_lowest_tolerance_nothing_above_r1() -> None:
    for grade in range(1, 6):
        for risk in range(1, 6):
            assert may_buy(f"C{grade}", f"R{risk}", is_minimum=False) == (risk <= grade)
    assert may_buy("C1", "R1", is_minimum=True)
    assert not may_buy("C1", "R2", is_minimum=True)


@pytest.mark.parametrize(
    "broken",
    [
        {"bands": PRESET["bands"][:4]},
        {"bands": [{**band, "from_score": 10} for band in PRESET["bands"]]},
        {"questions": PRESET["questions"][:2]},
        {"questions": [*PRESET["questions"], PRESET["questions"][0]]},
        {"valid_months": 0},
    ],
)
def test_a_questionnaire_that_cannot_grade_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Definition.model_validate({**PRESET, **broken})


# -- taking one -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(db: None) -> None:
    operations.load_questionnaires()


def take(customer: Customer, answers: dict[str, int] | None = None, **given: Any) -> Assessment:
    return operations.take_assessment(
        **{
            "customer": customer,
            "answers": most() if answers is None else answers,
            "channel": AssessmentChannel.COUNTER,
            "actor": StaffFactory.create(),
            "at": AT,
            **given,
        }
    )


@pytest.mark.usefixtures("asked")
def test_an_assessment_is_kept_with_its_version_and_replaces_the_last() -> None:
    customer = CustomerFactory.create()
    first = take(customer, most(aim=0), taken_on=date(2025, 10, 1))
    second = take(customer)
    assert list(Assessment.objects.filter(is_current=True)) == [second]
    assert (second.grade, second.valid_until, second.questionnaire.number) == ("C5", date(2027, 11, 21), 1)
    assert first.answers["aim"] == 0
    standing = risk_of(customer, TODAY)
    assert standing is not None
    assert (standing.grade, standing.is_valid, standing.tone) == ("C5", True, "met")
    assert Entry.objects.filter(action="customers.assess_risk").count() == 2


@pytest.mark.usefixtures("asked")
def test_one_from_before_does_not_replace_a_newer() -> None:
    customer = CustomerFactory.create()
    newer = take(customer)
    take(customer, taken_on=date(2026, 1, 5))
    assert Assessment.objects.get(is_current=True) == newer


@pytest.mark.usefixtures("asked")
def test_expiry_is_told_before_and_after() -> None:
    customer = CustomerFactory.create()
    take(customer, taken_on=date(2025, 12, 1))  # until 2026-11-30
    tones = [risk_of(customer, day).tone for day in (date(2026, 10, 1), TODAY, date(2026, 12, 1))]  # type: ignore[union-attr]
    assert tones == ["met", "near", "over"]
    assert days_left(date(2026, 11, 30), TODAY) == 8


@pytest.mark.usefixtures("asked", "english")
def test_what_is_not_answered_is_said_by_question() -> None:
    with pytest.raises(ValidationError) as caught:
        take(CustomerFactory.create(), {"aim": 1})
    assert set(caught.value.message_dict) == {asked.code for asked in DEFINITION.questions} - {"aim"}
    with pytest.raises(ValidationError, match="future"):
        take(CustomerFactory.create(), taken_on=date(2026, 11, 23))
    with pytest.raises(ValidationError, match="No questionnaire"):
        take(CompanyFactory.create().customer)
    with pytest.raises(PermissionDenied):
        take(CustomerFactory.create(), actor=StaffFactory.create(permissions=["customers.view"]))
    assert not Assessment.objects.exists()


@pytest.mark.usefixtures("asked")
def test_a_new_assessment_closes_what_waited_for_it() -> None:
    customer = CustomerFactory.create(tier_rank=3)
    operations.open_reviews(trigger="occupation", customer_ids=[customer.pk], at=AT)
    assert Review.objects.get().archive_class == ArchiveClass.RISK
    take(customer)
    assert Review.objects.get().outcome == "updated"


@pytest.mark.usefixtures("asked", "english")
def test_versions_never_change_and_the_next_one_is_for_later_answers() -> None:
    actor = StaffFactory.create()
    given: dict[str, Any] = {"actor": actor, "at": AT}
    draft = draft_questionnaire(kind=CustomerKind.PERSON, **given)
    with pytest.raises(ValidationError, match="cannot be used"):
        change_draft(draft=draft, content={"questions": []}, **given)
    change_draft(draft=draft, content={**PRESET, "valid_from": "2026-11-20", "valid_months": 6}, **given)
    QuestionnaireDraft.objects.update(state="asked")
    assert settle_questionnaire(draft=draft, approved=True, at=AT - timedelta(days=3)) is not None
    assert take(CustomerFactory.create()).valid_until == date(2027, 5, 21)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update customers_questionnaire set number = 9")
    operations.load_questionnaires()
    assert Questionnaire.objects.count() == 2


@pytest.mark.usefixtures("asked")
def test_the_database_keeps_one_current_assessment_a_customer() -> None:
    assessment = take(CustomerFactory.create())
    assessment.pk = None
    with pytest.raises(IntegrityError, match="customers_one_current_assessment"):
        assessment.save()
