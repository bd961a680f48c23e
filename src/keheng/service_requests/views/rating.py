"""The page of the rating link: the only one that customers see."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from keheng.common import clock
from keheng.service_requests.forms import RateForm
from keheng.service_requests.operations import closing
from keheng.service_requests.rating import rated_request
from keheng.ui.forms import carry_out


@never_cache
@login_not_required
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Rate what was done, once; without signing in, and without a word about the customer."""
    if request.method == "POST" and not ratelimit.consume(request, action="rate_service", key=token):
        return render(request, "service_requests/rate.html", {"busy": True}, status=429)
    found = rated_request(token, clock.now())
    form = RateForm(request.POST or None)
    done = found is not None and found.rating is not None
    if found is not None and not done and request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def rated() -> bool:
            closing.rate(request=found, rating=int(values["rating"]), note=values["note"], at=clock.now())
            return True

        done = carry_out(form, rated) is not None
    context = {"record": found, "form": form, "done": done}
    return render(request, "service_requests/rate.html", context, status=200 if found else 404)
