"""Staff: the list, one person, a new one; passwords and who may sign in."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from keheng.audit.queries import history_of
from keheng.audit.words import action_of
from keheng.common import clock
from keheng.org import operations, permissions
from keheng.org.acting import acting
from keheng.org.filters import StaffFilter
from keheng.org.forms import DeactivateForm, NewStaffForm, StaffForm
from keheng.org.models import Staff
from keheng.org.tables import StaffTable
from keheng.org.views.parts import OperationForm, refused
from keheng.ui.lists import EmptyState, ListView, PageAction, PresetView
from keheng.ui.views import require

_RECENT = 12


class StaffList(ListView):
    """Everybody in scope, by branch."""

    permission = permissions.VIEW
    export_permission = permissions.MANAGE
    key = "staff"
    title = gettext_lazy("Staff")
    unit = pgettext_lazy("measure word for staff", "people")
    table_class = StaffTable
    filterset_class = StaffFilter
    default_sort = "branch"
    search_hint = gettext_lazy("Name or user name")
    preset_views = (PresetView(gettext_lazy("May not sign in"), "is_active=false"),)

    def get_queryset(self) -> "QuerySet[Staff]":
        return Staff.objects.visible_to(acting(self.request))

    def row_url(self, record: Staff) -> str:
        return reverse("org:member", args=[record.pk])

    def page_actions(self) -> Sequence[PageAction]:
        if not permissions.can_manage(acting(self.request)):
            return ()
        return (PageAction(_("Add somebody"), reverse("org:new-member"), "user-plus", primary=True),)

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody works in your branches yet"), icon="users-group")


class ChangeMember(OperationForm):
    """One member of staff: particulars, place, role; what happened to the account."""

    permission = permissions.VIEW
    template_name = "org/member.html"
    form_class = StaffForm
    submit = gettext_lazy("Save")

    @cached_property
    def member(self) -> Staff:
        return visible_member(self.request, self.kwargs["pk"])

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.member.name

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": acting(self.request)}

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "branch", "role", "title", "email", "joined_on")
        return {name: getattr(self.member, name) for name in names}

    def carry_out(self, **values: Any) -> None:
        operations.change_staff(member=self.member, **values)

    def done(self) -> str:
        return _("%(name)s has been saved.") % {"name": self.member.name}

    def back_url(self) -> str:
        return reverse("org:staff")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = list(history_of(self.member)[:_RECENT])
        return super().get_context_data(
            member=self.member,
            may_manage=permissions.can_manage_staff(acting(self.request), self.member),
            deactivate=DeactivateForm(),
            trail=[(entry, action_of(entry)) for entry in entries],
            **kwargs,
        )


class NewMember(OperationForm):
    form_class = NewStaffForm
    heading = gettext_lazy("New member of staff")
    submit = gettext_lazy("Make the account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": acting(self.request)}

    def back_url(self) -> str:
        return reverse("org:staff")

    def carry_out(self, **values: Any) -> tuple[Staff, str]:
        return operations.add_staff(**values)

    def answer(self, result: tuple[Staff, str]) -> HttpResponse:
        return _password_page(self.request, *result)


@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a temporary password and show it once."""
    member = visible_member(request, pk)
    password = operations.reset_password(member=member, actor=acting(request), at=clock.now())
    return _password_page(request, member, password)


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse further sign-ins, or allow them again."""
    member, actor = visible_member(request, pk), acting(request)
    try:
        if member.is_active:
            reason = request.POST.get("reason", "")
            operations.deactivate_staff(member=member, reason=reason, actor=actor, at=clock.now())
            told = _("%(name)s may no longer sign in.")
        else:
            operations.reactivate_staff(member=member, actor=actor, at=clock.now())
            told = _("%(name)s may sign in again.")
    except ValidationError as error:
        refused(request, error)
    else:
        messages.success(request, told % {"name": member.name})
    return redirect("org:member", pk)


def visible_member(request: HttpRequest, pk: int) -> Staff:
    """The person, if the role views staff and they lie in scope; else the page is not found."""
    require(request, permissions.VIEW)
    return get_object_or_404(Staff.objects.visible_to(acting(request)), pk=pk)


def _password_page(request: HttpRequest, member: Staff, password: str) -> HttpResponse:
    """The only time that the password is seen; pages of signed-in people are never kept by browsers."""
    return render(request, "org/password.html", {"member": member, "password": password})
