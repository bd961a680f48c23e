"""What each tier of a scheme grants, by version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.models import Scheme
from keheng.tiering.permissions import VIEW, can_edit
from keheng.ui.views import PermissionMixin


class EntitlementsPage(PermissionMixin):
    """Privileges, contact, time limits and maintainers of every tier; ``?version=`` shows another version."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        versions = list(scheme.versions.select_related("scheme"))
        wanted = {str(version.number): version for version in versions}.get(request.GET.get("version", ""))
        version = wanted or queries.version_on(scheme, clock.today())
        context = {
            "scheme": scheme,
            "schemes": Scheme.objects.all(),
            "version": version,
            "versions": versions,
            "reading": queries.rules_in_words(version),
            "draft": next((one for one in versions if one.is_draft and not one.is_submitted), None),
            "may_edit": can_edit(acting(request)),
        }
        return render(request, "tiering/entitlements.html", context)
