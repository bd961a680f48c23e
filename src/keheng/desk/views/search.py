"""The search box of every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from keheng.ui.search import found

LONGEST = 60


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """What the text may mean, as results under the box. By POST: a typed number stays out of the logs."""
    text = request.POST.get("q", "").strip()[:LONGEST]
    return render(request, "ui/search_results.html", {"groups": found(request, text), "query": text})
