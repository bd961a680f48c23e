"""Taking a risk assessment (A1; decision 22)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.enums import ArchiveClass, AssessmentChannel, ReviewOutcome
from keheng.customers.events import RiskAssessed
from keheng.customers.models import Assessment, Customer, Review
from keheng.customers.operations.following import follow_up
from keheng.customers.policies.risk import UnansweredError, assess, valid_until
from keheng.customers.queries.risk import questionnaire_for, questions_of
from keheng.org.models import Staff


@transaction.atomic
def take_assessment(
    *,
    customer: Customer,
    answers: Mapping[str, int],
    channel: AssessmentChannel,
    taken_on: date | None = None,
    actor: Staff,
    at: datetime,
) -> Assessment:
    """Grade a customer's answers and make the result the current one; what waits for it is closed.

    Args:
        answers: the place of the chosen option by the code of the question.
        taken_on: left out, today.

    Raises:
        ValidationError: by question, in words; or there is no questionnaire for such customers.
    """
    permissions.check_edit(actor, customer)
    today = at.astimezone(SHANGHAI).date()
    taken_on = taken_on or today
    if taken_on > today:
        raise ValidationError({"taken_on": _("The day lies in the future.")})
    Customer.objects.select_for_update().get(pk=customer.pk)  # of two at once, the second replaces the first
    questionnaire = questionnaire_for(customer.kind, taken_on)
    if questionnaire is None:
        raise ValidationError(_("No questionnaire is in force for customers of this kind."))
    definition = questions_of(questionnaire)
    try:
        result = assess(definition, answers)
    except UnansweredError as error:
        raise ValidationError(dict.fromkeys(error.codes, _("Choose one of the answers."))) from error
    newest = Assessment.objects.filter(customer=customer, is_current=True).first()
    is_newest = newest is None or newest.taken_on <= taken_on
    if newest and is_newest:
        Assessment.objects.filter(pk=newest.pk).update(is_current=False)
    assessment = Assessment.objects.create(
        customer=customer,
        questionnaire=questionnaire,
        answers={asked.code: answers[asked.code] for asked in definition.questions},
        score=result.score,
        tolerance=result.tolerance,
        preference=result.preference,
        grade=result.grade,
        is_minimum=result.is_minimum,
        taken_on=taken_on,
        valid_until=valid_until(taken_on, definition.valid_months),
        channel=channel,
        by=actor,
        at=at,
        is_current=is_newest,
    )
    if is_newest and assessment.valid_until >= today:
        Review.objects.filter(customer=customer, archive_class=ArchiveClass.RISK, outcome="").update(
            outcome=ReviewOutcome.UPDATED, closed_at=at, closed_by=actor
        )
    detail = {"grade": [newest.grade if newest else None, str(result.grade)]}
    record("customers.assess_risk", actor=actor, at=at, target=customer, detail={"changes": detail})
    follow_up([customer.pk], at=at)
    publish(RiskAssessed(customer.pk, str(result.grade), at))
    return assessment
