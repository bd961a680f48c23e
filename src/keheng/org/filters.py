"""The filters of the staff list."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Branch, Role, Staff
from keheng.ui.lists import FilterSet


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


class StaffFilter(FilterSet):
    q = django_filters.CharFilter(method="find", label=_("Name or user name"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=_("Branch and below"))
    role = django_filters.ModelMultipleChoiceFilter(queryset=Role.objects.exclude(code="system"), label=_("Role"))
    is_active = django_filters.BooleanFilter(label=_("May sign in"))

    class Meta:
        model = Staff
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Staff]", _name: str, text: str) -> "QuerySet[Staff]":
        return queryset.filter(Q(name__contains=text.strip()) | Q(username__startswith=text.strip()))

    def within(self, queryset: "QuerySet[Staff]", _name: str, branch: Branch | None) -> "QuerySet[Staff]":
        """The branch and all below it."""
        return queryset if branch is None else queryset.filter(branch__path__startswith=branch.path)
