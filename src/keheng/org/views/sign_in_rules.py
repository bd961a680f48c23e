"""The rules of signing in, to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.org import permissions
from keheng.org.sign_in_rules import sign_in_rules
from keheng.ui.views import require


def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Screen 15, login policy."""
    require(request, permissions.VIEW)
    return render(request, "org/sign_in_rules.html", {"rules": sign_in_rules()})
