"""The tree of causes on a settings page: to add, name anew, move, retire is proposed; each change is a version."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.complaints import permissions
from keheng.complaints.enums import Kind
from keheng.complaints.forms.settings import CauseEditForm, NewCauseForm
from keheng.complaints.models import Cause, CauseVersion
from keheng.complaints.operations import causes
from keheng.complaints.queries.causes import tree
from keheng.complaints.queries.proposed import waiting
from keheng.complaints.views.parts import PROPOSE, PROPOSED
from keheng.org.acting import acting
from keheng.ui.views import SideForm, require

_VERSIONS = 20


def causes_page(request: HttpRequest) -> HttpResponse:
    """The tree by kind with what stands behind each cause, and how it came to be so."""
    require(request, permissions.VIEW)
    context = {
        "kinds": tree(acting(request)).items(),
        "versions": CauseVersion.objects.select_related("proposed_by", "set_by").defer("definition")[:_VERSIONS],
        "waiting": waiting(causes.CAUSES),
        "may_change": acting(request).can(permissions.SETTINGS),
    }
    return render(request, "complaints/causes.html", context)


class AddCause(SideForm):
    permission = permissions.SETTINGS
    heading, submit, done = _("Add a cause"), PROPOSE, PROPOSED

    @cached_property
    def kind(self) -> Kind:
        if self.kwargs["kind"] not in Kind.values:
            raise Http404
        return Kind(self.kwargs["kind"])

    def make_form(self, *data: Any) -> forms.Form:
        return NewCauseForm(*data[:1], kind=self.kind)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.add_cause(kind=self.kind, **form.cleaned_data, **given)


class _OneCause(SideForm):
    permission = permissions.SETTINGS

    @cached_property
    def cause(self) -> Cause:
        return get_object_or_404(Cause, pk=self.kwargs["pk"])


class ChangeCause(_OneCause):
    heading, submit, done = _("Change the cause"), PROPOSE, PROPOSED
    note = _("Complaints that have it show the new name. For another meaning, retire it and add another.")

    def make_form(self, *data: Any) -> forms.Form:
        return CauseEditForm(*data[:1], kind=Kind(self.cause.kind), cause=self.cause)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.change_cause(cause=self.cause, **form.cleaned_data, **given)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("reason or source"), max_length=200)


class _WithReason(_OneCause):
    def make_form(self, *data: Any) -> forms.Form:
        return ReasonForm(*data[:1])


class RetireCause(_WithReason):
    heading, submit, done = _("Retire the cause"), PROPOSE, PROPOSED
    note = _("It is offered and suggested no more. Complaints that have it keep it.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.set_in_use(cause=self.cause, in_use=False, **form.cleaned_data, **given)


class RestoreCause(_WithReason):
    heading, submit, done = _("Take the cause into use again"), PROPOSE, PROPOSED

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.set_in_use(cause=self.cause, in_use=True, **form.cleaned_data, **given)
