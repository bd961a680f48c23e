"""Field mode: today's visits on the width of a telephone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.care.permissions.contacts import LOG
from keheng.common import clock
from keheng.desk.queries.visits import visits
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin


class FieldPage(PermissionMixin):
    """Where to go next, how to get there, and one button to log what was said."""

    permission = LOG

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        return render(request, "desk/field.html", {"today": today, "visits": visits(acting(request), today)})
