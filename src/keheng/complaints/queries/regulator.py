"""The quarterly return: what the regulation of 2020 lets an institution be asked for, without personal data."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.complaints.enums import Channel, CompensationState, ExtensionState, Kind, Outcome
from keheng.complaints.queries.figures import Period, registered
from keheng.org.models import Staff


def quarter_of(day: date) -> Period:
    """The quarter that a day lies in."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))


def totals(staff: Staff, period: Period) -> list[list[Any]]:
    """Head and rows of the first sheet: one for each unit that handles complaints, and all together."""
    day = timedelta(days=1)
    took = ExpressionWrapper(F("replied_at") - F("received_at"), output_field=DurationField())
    columns = {
        _("registered"): Count("pk"),
        **{str(kind.label): Count("pk", filter=Q(kind=kind)) for kind in Kind},
        str(Channel.REGULATOR.label): Count("pk", filter=Q(channel=Channel.REGULATOR)),
        _("joint complaints"): Count("pk", filter=Q(is_joint=True)),
        _("complained before"): Count("pk", filter=Q(is_repeat=True)),
        _("decided within 15 days"): Count("pk", filter=Q(took__lte=15 * day)),
        _("decided within 30 days"): Count("pk", filter=Q(took__gt=15 * day, took__lte=30 * day)),
        _("decided within 60 days"): Count("pk", filter=Q(took__gt=30 * day, took__lte=60 * day)),
        _("over a regulatory limit"): Count("pk", filter=Q(is_regulatory_late=True)),
        **{str(found.label): Count("pk", filter=Q(outcome=found)) for found in Outcome},
        _("withdrawn"): Count("pk", filter=Q(state="withdrawn")),
        pgettext("complaint", "reopened"): Count("pk", filter=Q(reopened__gt=0)),
    }
    names = {f"c{place}": expression for place, expression in enumerate(columns.values())}
    seen = registered(staff, period).annotate(took=took)
    rows: Any = seen.values("branch__name").annotate(**names).order_by("branch__path")
    body = [[row["branch__name"], *(row[name] for name in names)] for row in rows]
    together = [_("together"), *(sum(row[place] for row in body) for place in range(1, len(names) + 1))]
    return [[_("handled by unit"), *columns], *body, together]


def single(staff: Staff, period: Period) -> Iterator[list[Any]]:
    """Head and rows of the second sheet: one for each complaint, by its number."""
    yield [
        _("number of the complaint"),
        _("number given by the sender"),
        pgettext("complaint", "channel"),
        pgettext("complaint", "branch"),
        _("kind of complaint"),
        pgettext("complaint", "cause"),
        _("product"),
        _("grade"),
        _("received at"),
        _("registered at"),
        _("replied at"),
        _("closed at"),
        pgettext("complaint", "finding"),
        _("days extended"),
        _("internal reviews"),
        _("Amount in yuan"),
        _("over a regulatory limit"),
    ]
    granted, paid = Q(extensions__state=ExtensionState.GRANTED), Q(compensations__state=CompensationState.PAID)
    keys = registered(staff, period)
    days = dict(keys.values_list("pk").annotate(days=Sum("extensions__days", filter=granted)))
    amounts = dict(keys.values_list("pk").annotate(amount=Sum("compensations__amount", filter=paid)))
    reviews = dict(keys.values_list("pk").annotate(n=Count("reviews")))
    rows = keys.select_related("branch", "cause", "product").defer("statement", "wish", "finding").order_by("number")
    for row in rows.iterator(chunk_size=2000):
        yield [
            row.number,
            row.external_number,
            row.get_channel_display(),
            row.branch.name,
            row.get_kind_display() if row.kind else "",
            str(row.cause) if row.cause else "",
            str(row.product) if row.product else "",
            row.get_grade_display() if row.grade else "",
            row.received_at,
            row.registered_at,
            row.replied_at,
            row.closed_at,
            row.get_outcome_display() if row.outcome else "",
            days.get(row.pk) or 0,
            reviews.get(row.pk, 0),
            amounts.get(row.pk),
            _("yes") if row.is_regulatory_late else _("no"),
        ]
