"""Templates in use, and what a letter about a complaint says."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.complaints.enums import CompensationState
from keheng.complaints.models import Complaint, ConsequenceVersion, LetterTemplate, Party
from keheng.versions.queries import version_on

REMEDIES, ACKNOWLEDGEMENT = "remedies", "acknowledgement"
_SHARED = (REMEDIES, ACKNOWLEDGEMENT)


def templates() -> "QuerySet[LetterTemplate]":
    """The newest version of each template."""
    newest = LetterTemplate.objects.order_by("code", "-number").distinct("code").values("pk")
    return LetterTemplate.objects.filter(pk__in=newest).order_by("code")


def reply_templates() -> "QuerySet[LetterTemplate]":
    """Those that a reply can begin from."""
    return templates().exclude(code__in=_SHARED)


def template(code: str) -> LetterTemplate:
    """The version of a template that is in use."""
    return LetterTemplate.objects.filter(code=code).order_by("-number")[:1].get()


def contact_of(complaint: Complaint) -> Party | None:
    """Who is written to."""
    return complaint.parties.order_by("-is_contact", "pk").first()


def values_of(complaint: Complaint, day: date) -> Mapping[str, str]:
    """What the fields of a template say about a complaint."""
    party = contact_of(complaint)
    paid = complaint.compensations.filter(state__in=[CompensationState.APPROVED, CompensationState.PAID])
    amount = paid.aggregate(total=Sum("amount"))["total"]
    return {
        "name": (party.name if party else "") or (str(complaint.customer) if complaint.customer else _("customer")),
        "number": complaint.number,
        "received": f"{complaint.received_at.astimezone(SHANGHAI):%Y-%m-%d}",
        "statement": complaint.statement or "",
        "finding": complaint.finding or "",
        "outcome": complaint.get_outcome_display() if complaint.outcome else "",
        "compensation": _("We pay you %(amount)s yuan.") % {"amount": f"{amount:,.2f}"} if amount else "",
        "remedies": template(REMEDIES).body,
        "branch": complaint.branch.name,
        "date": f"{day:%Y-%m-%d}",
    }


def consequences_on(day: date) -> ConsequenceVersion:
    """The rules of consequences in force on a day."""
    return version_on(ConsequenceVersion, day)
