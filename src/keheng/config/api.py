"""The HTTP API: one line a topic."""

from django.utils.translation import gettext_lazy as _

import keheng.approvals.api
import keheng.audit.api
import keheng.care.api.contacts
import keheng.care.api.oversight
import keheng.care.api.ownership
import keheng.care.api.reports
import keheng.care.api.working_day
import keheng.complaints.api
import keheng.customers.api
import keheng.desk.api
import keheng.org.api
import keheng.outreach.api
import keheng.portfolio.api
import keheng.service_requests.api
import keheng.tiering.api
import keheng.tiering.api.value
import keheng.workforce.api
from keheng.api.frame import HttpApi

api = HttpApi(
    title="Keheng", version="v1", description=_("The same operations and rights as the pages."), urls_namespace="v1"
)
api.add_router("/approvals", keheng.approvals.api.endpoints.router)
api.add_router("/audit", keheng.audit.api.endpoints.router)
api.add_router("/working-day", keheng.care.api.working_day.endpoints.router)
api.add_router("/contacts", keheng.care.api.contacts.endpoints.router)
api.add_router("/ownership", keheng.care.api.ownership.endpoints.router)
api.add_router("/oversight", keheng.care.api.oversight.endpoints.router)
api.add_router("/reports", keheng.care.api.reports.endpoints.router)
api.add_router("/complaints", keheng.complaints.api.endpoints.router)
api.add_router("/customers", keheng.customers.api.endpoints.router)
api.add_router("/portfolio", keheng.portfolio.api.endpoints.router)
api.add_router("/desk", keheng.desk.api.endpoints.router)
api.add_router("/privacy", keheng.customers.api.privacy.endpoints.router)
api.add_router("/quality", keheng.customers.api.quality.endpoints.router)
api.add_router("/organisation", keheng.org.api.endpoints.router)
api.add_router("/service-requests", keheng.service_requests.api.endpoints.router)
api.add_router("/penalty-sheets", keheng.service_requests.api.penalties.endpoints.router)
api.add_router("/events", keheng.outreach.api.endpoints.router)
api.add_router("/tiering", keheng.tiering.api.endpoints.router)
api.add_router("/value-matrix", keheng.tiering.api.value.endpoints.router)
api.add_router("/workforce", keheng.workforce.api.endpoints.router)
