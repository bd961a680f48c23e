"""What care tells on the timeline of a customer: who came to look after them, and how."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from keheng.care.queries.ownership import history_of
from keheng.ui.timeline import TimelineEntry


def periods(_request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The periods of ownership that began before an instant, newest first."""
    return [
        TimelineEntry(
            at=period.period.lower,
            kind=period.get_part_display(),
            text=f"{period.staff.name}（{period.get_source_display()}）",
            aside=" · ".join(
                filter(
                    None,
                    [
                        period.reason,
                        _("income credited to %(name)s") % {"name": period.credit_to.name} if period.credit_to else "",
                    ],
                )
            ),
            tone="info",
        )
        for period in history_of(record, before, limit)
    ]
