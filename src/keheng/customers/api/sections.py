"""An archive field by field over HTTP, each value with its source; what waits to be taken over or looked at (A1)."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.api.archive import ContactOut, _points, endpoints, visible
from keheng.customers.api.shapes.sections import (
    AnswersIn,
    AssessmentOut,
    CompletenessOut,
    ContactChange,
    Note,
    QuestionOut,
    ReviewClosed,
    ReviewIn,
    ReviewOut,
    RiskOut,
    SectionIn,
    SectionOut,
    SuggestionIn,
    SuggestionOut,
)
from keheng.customers.archive.catalogue import sections_for
from keheng.customers.models import ArchiveScore, Customer, Review, Suggestion
from keheng.customers.operations import EditConflictError
from keheng.customers.privacy.fields import RISK
from keheng.customers.queries.archive import archive_of, is_contact, mark_of
from keheng.customers.queries.reviews import open_reviews_of
from keheng.customers.queries.risk import assessments_of, questionnaire_for, questions_of, risk_of
from keheng.customers.queries.suggestions import open_suggestions_of
from keheng.org.acting import acting


@endpoints.get(
    "/{int:pk}/sections", permission=permissions.VIEW, summary=_("The archive by sections"), response=list[SectionOut]
)
def sections(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Each value with who told it and when; hidden fields are left out."""
    return _sections(request, _open(request, pk))


@endpoints.patch(
    "/{int:pk}/sections/{slug:section}",
    permission=permissions.EDIT,
    summary=_("Change a section of the archive"),
    response=list[SectionOut],
)
def change_section(request: HttpRequest, pk: int, section: str, sent: SectionIn) -> list[dict[str, Any]]:
    found = _open(request, pk)
    fields = {code for code, field in archive_of(found).fields.items() if field.section == section}
    if section not in {one.code for one in sections_for(found.kind)}:
        raise Http404
    if unknown := sorted(set(sent.facts) - fields):
        raise ValidationError({code: _("This section has no such field.") for code in unknown})
    given: dict[str, Any] = {"facts": sent.facts, "source": sent.source, "seen": sent.seen}
    try:
        operations.change_customer(customer=found, **given, actor=acting(request), at=clock.now())
    except EditConflictError as conflict:
        raise ValidationError(
            {
                difference.code: _("%(name)s has set it to “%(value)s” meanwhile. Read it anew and decide.")
                % {"name": difference.origin.by, "value": difference.theirs}
                for difference in conflict.differences
            }
        ) from conflict
    return _sections(request, found)


@endpoints.patch(
    "/{int:pk}/contacts/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change a contact point"),
    response=ContactOut,
)
def change_contact(request: HttpRequest, pk: int, key: int, sent: ContactChange) -> dict[str, Any]:
    point = get_object_or_404(visible(request, pk).contact_points.select_related("customer"), pk=key)
    operations.change_contact_point(point=point, **sent.dict(), actor=acting(request), at=clock.now())
    point.refresh_from_db()
    return _points([point])[0]


@endpoints.get(
    "/{int:pk}/suggestions",
    permission=permissions.VIEW,
    summary=_("Suggested updates"),
    response=list[SuggestionOut],
)
def suggestions(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    return _suggestions(request, _open(request, pk))


@endpoints.post(
    "/{int:pk}/suggestions",
    permission=permissions.VIEW,
    summary=_("Suggest an update"),
    response=list[SuggestionOut],
    status=201,
)
def suggest(request: HttpRequest, pk: int, sent: SuggestionIn) -> list[dict[str, Any]]:
    """The archive stays as it is until somebody takes the value over."""
    found = _open(request, pk)
    if sent.field not in archive_of(found).fields and not is_contact(sent.field):
        raise ValidationError({"field": _("This archive has no such field.")})
    operations.suggest(customer=found, **sent.dict(), actor=acting(request), at=clock.now())
    return _suggestions(request, found)


@endpoints.post(
    "/{int:pk}/suggestions/{int:key}/accept",
    permission=permissions.EDIT,
    summary=_("Take over a suggested value"),
    response=list[SuggestionOut],
)
def accept(request: HttpRequest, pk: int, key: int) -> list[dict[str, Any]]:
    found = _open(request, pk)
    suggestion = get_object_or_404(Suggestion, pk=key, customer=found)
    operations.accept_suggestion(suggestion=suggestion, actor=acting(request), at=clock.now())
    return _suggestions(request, found)


@endpoints.post(
    "/{int:pk}/suggestions/{int:key}/reject",
    permission=permissions.EDIT,
    summary=_("Turn down a suggested value"),
    response=list[SuggestionOut],
)
def reject(request: HttpRequest, pk: int, key: int, sent: Note) -> list[dict[str, Any]]:
    found = _open(request, pk)
    suggestion = get_object_or_404(Suggestion, pk=key, customer=found)
    operations.reject_suggestion(suggestion=suggestion, reason=sent.reason, actor=acting(request), at=clock.now())
    return _suggestions(request, found)


@endpoints.get(
    "/{int:pk}/reviews", permission=permissions.VIEW, summary=_("Reviews that are open"), response=list[ReviewOut]
)
def reviews(request: HttpRequest, pk: int) -> list[Review]:
    return open_reviews_of(visible(request, pk))


@endpoints.post(
    "/{int:pk}/reviews",
    permission=permissions.EDIT,
    summary=_("Ask for an update of the archive"),
    response=ReviewOut,
    status=201,
)
def ask(request: HttpRequest, pk: int, sent: ReviewIn) -> Review:
    customer = visible(request, pk)
    return operations.ask_for_review(customer=customer, **sent.dict(), actor=acting(request), at=clock.now())


@endpoints.post(
    "/{int:pk}/reviews/{int:key}/close",
    permission=permissions.EDIT,
    summary=_("Close a review of the archive"),
    response=list[ReviewOut],
)
def close(request: HttpRequest, pk: int, key: int, sent: ReviewClosed) -> list[Review]:
    customer = visible(request, pk)
    review = get_object_or_404(Review, pk=key, customer=customer)
    operations.close_review(review=review, **sent.dict(), actor=acting(request), at=clock.now())
    return open_reviews_of(customer)


@endpoints.get("/{int:pk}/risk", permission=permissions.VIEW, summary=_("Risk assessments"), response=RiskOut)
def risk(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _risk(_open_risk(request, pk))


@endpoints.get(
    "/{int:pk}/risk/questions",
    permission=permissions.VIEW,
    summary=_("The risk questionnaire in force"),
    response=list[QuestionOut],
)
def questions(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    questionnaire = questionnaire_for(_open(request, pk).kind, clock.today())
    if questionnaire is None:
        return []
    return [
        {
            "code": asked.code,
            "text": asked.text,
            "options": [{"place": place, "text": option.text} for place, option in enumerate(asked.options)],
        }
        for asked in questions_of(questionnaire).questions
    ]


@endpoints.post(
    "/{int:pk}/risk", permission=permissions.EDIT, summary=_("Take a risk assessment"), response=RiskOut, status=201
)
def assess(request: HttpRequest, pk: int, sent: AnswersIn) -> dict[str, Any]:
    """The grade follows from the answers and cannot be set."""
    found = _open_risk(request, pk)
    operations.take_assessment(customer=found, **sent.dict(), actor=acting(request), at=clock.now())
    return _risk(found)


@endpoints.get(
    "/{int:pk}/completeness",
    permission=permissions.VIEW,
    summary=_("Completeness of the archive"),
    response=CompletenessOut,
)
def completeness(request: HttpRequest, pk: int) -> dict[str, Any]:
    score = get_object_or_404(ArchiveScore, customer=visible(request, pk))
    lacks = queries.missing_words(score.missing)
    missing = [{"code": field.code, "label": label} for field, label in lacks]
    return {"score": score.score, "is_effective": score.is_effective, "missing": missing}


def _open(request: HttpRequest, pk: int) -> Customer:
    """The customer whose facts the caller may read."""
    found = visible(request, pk)
    if not permissions.can_see_facts(acting(request), found):
        raise PermissionDenied(_("The confidentiality level of the archive closes its facts to your role."))
    return found


def _open_risk(request: HttpRequest, pk: int) -> Customer:
    """The customer whose risk assessment the caller may read."""
    found = _open(request, pk)
    permissions.check_see(acting(request), found, RISK)
    return found


def _sections(request: HttpRequest, found: Customer) -> list[dict[str, Any]]:
    found.refresh_from_db(from_queryset=Customer.objects.defer(None))
    archive, reader = archive_of(found), acting(request)
    return [
        {
            "code": section.code,
            "label": str(section.label),
            "fields": [
                {
                    **{name: getattr(shown, name) for name in ("code", "label", "text", "reveals")},
                    **{name: getattr(shown.origin, name) for name in ("source", "by", "at")},
                    "mark": mark_of(archive.encoded(shown.code)),
                }
                for shown in fields
            ],
        }
        for section, fields in archive.sections(lambda code: permissions.disclosure(reader, found, code))
    ]


def _suggestions(request: HttpRequest, found: Customer) -> list[dict[str, Any]]:
    reader = acting(request)
    shown = open_suggestions_of(found, archive_of(found), lambda code: permissions.disclosure(reader, found, code))
    names = ("id", "field", "source", "by", "note", "at")
    return [
        {
            **{name: getattr(row.suggestion, name) for name in names},
            **{name: getattr(row, name) for name in ("label", "present", "suggested")},
        }
        for row in shown
    ]


def _risk(found: Customer) -> dict[str, Any]:
    standing = risk_of(found, clock.today())
    names = [name for name in AssessmentOut.model_fields if name != "version"]
    return {
        "grade": standing.grade if standing else None,
        "days_left": standing.days_left if standing else None,
        "assessments": [
            {**{name: getattr(row, name) for name in names}, "version": row.questionnaire.number}
            for row in assessments_of(found)
        ],
    }
