"""What every module knows of a customer, over HTTP: the timeline of the customer page."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from keheng.api.endpoints import Endpoints
from keheng.common import clock
from keheng.desk.views.customer import PAGE, visible_customer
from keheng.ui.timeline import TimelineEntry, timeline

endpoints = Endpoints(_("Customer 360"))


class EntryOut(Schema):
    """One thing that happened, in words; ``url`` is its page."""

    at: datetime
    kind: str
    text: str
    aside: str
    url: str

    @staticmethod
    def resolve_kind(entry: TimelineEntry) -> str:
        return str(entry.kind)


class TimelineQuestion(Schema):
    """About ``limit`` of the newest before an instant; ``only`` names one source, such as ``contacts``."""

    before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    only: Annotated[str, Field(max_length=30)] = ""


@endpoints.get(
    "/customers/{int:pk}/timeline",
    permission="customers.view",
    summary=_("Timeline of a customer"),
    response=list[EntryOut],
)
def events(request: HttpRequest, pk: int, asked: Query[TimelineQuestion]) -> list[TimelineEntry]:
    """Contacts, service requests, changes of tier and owner: of each module what the caller may see."""
    given: dict[str, Any] = {"before": asked.before or clock.now(), "limit": asked.limit, "only": asked.only}
    return timeline(PAGE, request, visible_customer(request, pk), **given)
