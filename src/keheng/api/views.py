"""The page that explains the interface and lets one try it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from keheng.ui.views import require

USE = "api.use"


def docs(request: HttpRequest) -> HttpResponse:
    """Swagger over the description of the interface, all served from here."""
    require(request, USE)
    return render(request, "api/docs.html", {"schema_url": reverse("v1:openapi-json")})
