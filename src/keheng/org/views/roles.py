"""Roles: what each may do, and changing that."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.org import operations, permissions
from keheng.org.acting import acting
from keheng.org.enums import DataScope
from keheng.org.forms import RoleForm
from keheng.org.models import Role
from keheng.org.queries import people_by_role, permission_groups
from keheng.org.views.parts import OperationForm
from keheng.ui.views import require


def roles(request: HttpRequest) -> HttpResponse:
    """The permissions in rows by module, the roles in columns."""
    require(request, permissions.VIEW)
    found, people = Role.objects.exclude(code="system"), people_by_role()
    groups = [
        (name, [(label, [role.holds(code) for role in found]) for code, label in held])
        for name, held in permission_groups()
    ]
    heads = [(role, people.get(role.pk, 0)) for role in found]
    return render(request, "org/roles.html", {"heads": heads, "groups": groups})


class ChangeRole(OperationForm):
    """What one role may do and whose customers it sees."""

    permission = permissions.VIEW
    template_name = "org/role.html"
    form_class = RoleForm
    submit = gettext_lazy("Save the rights")

    @cached_property
    def role(self) -> Role:
        return get_object_or_404(Role.objects.exclude(code="system"), pk=self.kwargs["pk"])

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.role)

    def get_initial(self) -> dict[str, Any]:
        return {"scope": self.role.scope}

    def carry_out(self, **values: Any) -> None:
        held = values.pop("permissions")
        scope = DataScope(values.pop("scope"))
        operations.change_role_rights(role=self.role, scope=scope, permissions_held=held, **values)

    def done(self) -> str:
        return _("The rights of %(role)s hold from the next page on.") % {"role": self.role}

    def back_url(self) -> str:
        return reverse("org:roles")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = [
            (name, [(code, label, self.role.holds(code)) for code, label in held]) for name, held in permission_groups()
        ]
        may_manage = permissions.can_manage_role(acting(self.request), self.role)
        return super().get_context_data(role=self.role, groups=groups, may_manage=may_manage, **kwargs)
