"""Settings: fields that the institution adds to its archives, and what became of their definitions."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from keheng.audit import words
from keheng.audit.models import Entry
from keheng.customers import permissions
from keheng.customers.archive.catalogue import SECTIONS
from keheng.customers.enums import RuleTopic
from keheng.customers.forms.custom import CustomFieldForm
from keheng.customers.forms.dossier import RemoveForm
from keheng.customers.models import CustomField, CustomValue
from keheng.customers.operations import custom
from keheng.customers.quality.completeness import CUSTOM
from keheng.customers.queries.quality_rules import quality_rules
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm

SHOWN_ACTS = 12


class CustomFields(PermissionMixin):
    """Every field of the institution's own with its use; editing at the side."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest) -> HttpResponse:
        used = dict(CustomValue.objects.values_list("field").annotate(n=Count("pk")).order_by())
        profiles = quality_rules(RuleTopic.COMPLETENESS).rules.profiles
        sections = {section.code: section.label for section in SECTIONS}
        rows = [
            {
                "field": field,
                "section": sections.get(field.section, field.section),
                "archives": used.get(field.pk, 0),
                "weights": [
                    (profile.name, profile.weights[CUSTOM + field.code])
                    for profile in profiles
                    if CUSTOM + field.code in profile.weights
                ],
            }
            for field in CustomField.objects.order_by("-is_active", "section", "order", "pk")
        ]
        acts = Entry.objects.filter(target_type=CustomField._meta.label_lower)[:SHOWN_ACTS]
        context = {
            "rows": rows,
            "acts": [(entry, words.action_of(entry), words.changes_of(entry)) for entry in acts],
            "may_change": permissions.can_change_rules(acting(request)),
        }
        return render(request, "customers/custom_fields.html", context)


class _Side(SideForm):
    permission = permissions.RULES
    submit = _("Save")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            permissions.check_rules(acting(request))
        return super().dispatch(request, *args, **kwargs)


class DefineField(_Side):
    heading = _("New field")
    done = _("The field is in every archive now.")
    note = _("Its weight in the completeness of archives is set with the completeness rules.")

    def make_form(self, *data: Any) -> CustomFieldForm:
        return CustomFieldForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> None:
        custom.define_field(**form.values(), **given)


class _KnownField(_Side):
    field: CustomField

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.field.label

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.field = get_object_or_404(CustomField, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class ChangeField(_KnownField):
    done = _("The field has been changed.")

    def make_form(self, *data: Any) -> CustomFieldForm:
        return CustomFieldForm(*data[:1], field=self.field)

    def carry_out(self, form: Any, **given: Any) -> None:
        custom.change_field(field=self.field, **form.values(), **given)


class RetireField(_KnownField):
    """Out of use, or back into it."""

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return _("Retire the field") if self.field.is_active else _("Bring the field back")

    @property
    def done(self) -> Any:  # type: ignore[override]
        return _("The field is in use again.") if self.field.is_active else _("The field is out of use; values stay.")

    def make_form(self, *data: Any) -> RemoveForm:
        return RemoveForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> None:
        operation = custom.retire_field if self.field.is_active else custom.restore_field
        operation(field=self.field, reason=form.cleaned_data["reason"], **given)
