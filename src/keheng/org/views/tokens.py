"""Tokens of the HTTP API: one's own, those of the people whom one manages, making and ending them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.api.views import USE
from keheng.common import clock
from keheng.org import operations, permissions
from keheng.org.acting import acting
from keheng.org.forms import TokenForm
from keheng.org.models import ApiToken
from keheng.org.queries import permission_groups
from keheng.org.views.parts import OperationForm
from keheng.ui.permission_names import name_of
from keheng.ui.views import require


def tokens(request: HttpRequest) -> HttpResponse:
    """Which programs act for whom, with which rights, until when, and when they last did."""
    require(request, USE)
    actor, at = acting(request), clock.now()
    found = ApiToken.objects.visible_to(actor).select_related("staff__branch", "staff__role")
    rows = [
        (token, token.state_at(at), [name_of(code) for code in token.permissions], permissions.can_revoke(actor, token))
        for token in found
    ]
    return render(request, "org/tokens.html", {"rows": rows})


class NewToken(OperationForm):
    """A form for a token; its secret is shown once, on the page that follows."""

    permission = USE
    template_name = "org/new_token.html"
    form_class = TokenForm
    heading = gettext_lazy("New API token")
    submit = gettext_lazy("Make the token")

    def carry_out(self, **values: Any) -> tuple[ApiToken, str]:
        return operations.make_token(permissions_held=values.pop("permissions"), **values)

    def back_url(self) -> str:
        return reverse("org:tokens")

    def answer(self, result: tuple[ApiToken, str]) -> HttpResponse:
        token, secret = result
        return render(self.request, "org/token.html", {"token": token, "secret": secret})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = acting(self.request)
        chosen = self.request.POST.getlist("permissions")
        groups = [
            (name, [(code, label, code in chosen) for code, label in held if actor.can(code)])
            for name, held in permission_groups()
        ]
        return super().get_context_data(groups=[group for group in groups if group[1]], **kwargs)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token now."""
    require(request, USE)
    actor = acting(request)
    token = get_object_or_404(ApiToken.objects.visible_to(actor).select_related("staff__branch"), pk=pk)
    operations.revoke_token(token=token, actor=actor, at=clock.now())
    messages.success(request, _("The token “%(name)s” is refused from its next call on.") % {"name": token.name})
    return redirect("org:tokens")
