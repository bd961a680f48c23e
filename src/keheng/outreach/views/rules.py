"""The kinds of events and their periods, read and changed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from keheng.org.acting import acting
from keheng.outreach import permissions
from keheng.outreach.forms import KindForm, PeriodsForm
from keheng.outreach.operations.rules import change_kind, change_rules
from keheng.outreach.policies.rules import Kind
from keheng.outreach.queries.rules import RULES, rules_in_force
from keheng.ui.views import PermissionMixin
from keheng.versions.views import PutInForce


class RulesPage(PermissionMixin):
    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        number, rules = rules_in_force()
        context = {
            "number": number,
            "rules": rules,
            "history": RULES.history(),
            "may_change": permissions.can_change_rules(acting(request)),
        }
        return render(request, "outreach/rules.html", context)


class ChangeKind(PutInForce):
    permission = permissions.RULES
    heading = gettext_lazy("Change a kind of event")

    def _kind(self) -> Kind:
        found = rules_in_force().rules.kind(self.kwargs["code"])
        if found is None:
            raise Http404
        return found

    def make_form(self, *data: Any) -> KindForm:
        return KindForm(data[0] if data else None, initial=KindForm.initial_of(self._kind()))

    def carry_out(self, form: Any, **given: Any) -> Any:
        reason = form.cleaned_data["reason"]
        return change_kind(code=self._kind().code, values=form.values(), reason=reason, **given)


class ChangePeriods(PutInForce):
    permission = permissions.RULES
    heading = gettext_lazy("Change the periods")

    def make_form(self, *data: Any) -> PeriodsForm:
        return PeriodsForm(data[0] if data else None, initial=PeriodsForm.initial_of(rules_in_force().rules))

    def carry_out(self, form: Any, **given: Any) -> Any:
        content = form.content(rules_in_force().rules)
        return change_rules(content=content, reason=form.cleaned_data["reason"], **given)
