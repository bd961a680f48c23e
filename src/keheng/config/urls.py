"""Addresses: one line a module."""

from django.urls import include, path

from keheng.config.api import api

urlpatterns = [
    path("", include("keheng.desk.urls")),
    path("", include("keheng.ui.urls")),
    path("approvals/", include("keheng.approvals.urls")),
    path("tiering/", include("keheng.tiering.urls")),
    path("accounts/", include("keheng.ui.account_urls")),
    path("api/", include("keheng.api.urls")),
    path("api/v1/", api.urls),
    path("audit/", include("keheng.audit.urls")),
    path("care/", include("keheng.care.urls")),
    path("complaints/", include("keheng.complaints.urls")),
    path("customers/", include("keheng.customers.urls")),
    path("ingest/", include("keheng.ingest.urls")),
    path("quality/", include("keheng.customers.urls.quality")),
    path("events/", include("keheng.outreach.urls")),
    path("notices/", include("keheng.notices.urls")),
    path("service/", include("keheng.service_requests.urls")),
    path("webhooks/", include("keheng.webhooks.urls")),
    path("workforce/", include("keheng.workforce.urls")),
    path("settings/", include("keheng.org.urls")),
]

handler400 = "keheng.ui.errors.bad_request"
handler403 = "keheng.ui.errors.forbidden"
handler404 = "keheng.ui.errors.not_found"
handler500 = "keheng.ui.errors.server_error"
