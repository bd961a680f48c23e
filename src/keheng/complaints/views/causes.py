"""The tree of causes on a settings page: to add, name anew, move, retire is proposed; each change is a version."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.complaints import permissions
from keheng.complaints.enums import Kind
from keheng.complaints.forms.settings import CauseEditForm, NewCauseForm
from keheng.complaints.models import Cause, CauseVersion
from keheng.complaints.operations import causes
from keheng.complaints.queries.causes import tree
from keheng.org.acting import acting
from keheng.ui.views import require
from keheng.versions.forms import reason_field
from keheng.versions.queries import history, waiting
from keheng.versions.views import Propose


def causes_page(request: HttpRequest) -> HttpResponse:
    """The tree by kind with what stands behind each cause, and how it came to be so."""
    require(request, permissions.VIEW)
    context = {
        "kinds": tree(acting(request)).items(),
        "history": history(CauseVersion.objects.all()),
        "waiting": waiting(causes.CAUSES),
        "may_change": acting(request).can(permissions.SETTINGS),
    }
    return render(request, "complaints/causes.html", context)


class AddCause(Propose):
    permission = permissions.SETTINGS
    heading = _("Add a cause")

    @cached_property
    def kind(self) -> Kind:
        if self.kwargs["kind"] not in Kind.values:
            raise Http404
        return Kind(self.kwargs["kind"])

    def make_form(self, *data: Any) -> forms.Form:
        return NewCauseForm(*data[:1], kind=self.kind)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.add_cause(kind=self.kind, **form.cleaned_data, **given)


class _OneCause(Propose):
    permission = permissions.SETTINGS

    @cached_property
    def cause(self) -> Cause:
        return get_object_or_404(Cause, pk=self.kwargs["pk"])


class ChangeCause(_OneCause):
    heading = _("Change the cause")

    @property
    def note(self) -> str:  # type: ignore[override]
        words = gettext("Complaints that have it show the new name. For another meaning, retire it and add another.")
        code = gettext("Its code, by which programs know it: %(code)s.") % {"code": self.cause.code}
        return f"{words} {code}"

    def make_form(self, *data: Any) -> forms.Form:
        return CauseEditForm(*data[:1], kind=Kind(self.cause.kind), cause=self.cause)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.change_cause(cause=self.cause, **form.cleaned_data, **given)


class ReasonForm(forms.Form):
    reason = reason_field()


class _WithReason(_OneCause):
    def make_form(self, *data: Any) -> forms.Form:
        return ReasonForm(*data[:1])


class RetireCause(_WithReason):
    heading = _("Retire the cause")
    note = _("It is offered and suggested no more. Complaints that have it keep it.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.set_in_use(cause=self.cause, in_use=False, **form.cleaned_data, **given)


class RestoreCause(_WithReason):
    heading = _("Take the cause into use again")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return causes.set_in_use(cause=self.cause, in_use=True, **form.cleaned_data, **given)
