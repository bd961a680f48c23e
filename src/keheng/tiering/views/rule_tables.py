"""A table of rules in versions, edited on one page: size standards, weights of the value matrix, goals of tiers."""

from abc import abstractmethod
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.tiering.models import Goals, Standards, ValueWeights
from keheng.tiering.permissions import VIEW, can_maintain, check_maintain
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class RuleTablePage(PermissionMixin):
    """The newest version; ``?version=`` shows an earlier one, unchangeable. Who may not maintain reads."""

    permission = VIEW
    model: ClassVar[type[Goals] | type[Standards] | type[ValueWeights]]
    form_class: ClassVar[type[Any]]
    """Takes ``table``; ``form.table()`` gives what was typed."""
    template_name: ClassVar[str]
    address: ClassVar[str]
    beside: ClassVar[tuple[str, ...]] = ("made_by",)
    """What the list of versions shows of other tables."""

    @abstractmethod
    def save(self, form: Any, actor: Staff) -> Any:
        """Make the next version of what was typed."""

    @abstractmethod
    def told(self, made: Any) -> str:
        """What follows from the version that was made."""

    def more(self) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def kept(self) -> "QuerySet[Any]":
        """The versions, newest first."""
        return self.model._default_manager.order_by("-number")

    def first(self) -> Any:
        """What people begin with where there is no version yet; ``None``: only a preset begins."""
        return None

    def form_options(self) -> dict[str, Any]:
        """What the form takes beside the table."""
        return {}

    def get(self, request: HttpRequest, **_address: str) -> HttpResponse:
        version = self._version(request)
        return self._page(request, version, self._form(version))

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        actor, version = acting(request), self._version(request)
        check_maintain(actor)
        form = self._form(version, request.POST)
        if form is None:
            return redirect(reverse(self.address, kwargs=address))
        if form.is_valid():
            made = carry_out(form, lambda: self.save(form, actor))
            if made is not None:
                messages.success(request, self.told(made))
                return redirect(reverse(self.address, kwargs=address))
        return self._page(request, version, form)

    def _version(self, request: HttpRequest) -> Any:
        wanted = request.GET.get("version", "")
        if wanted.isdecimal():
            return get_object_or_404(self.kept(), number=int(wanted))
        return self.kept().first()

    def _form(self, version: Any, data: Any = None) -> Any:
        table = version.table if version else self.first()
        return None if table is None else self.form_class(data, table=table, **self.form_options())

    def _page(self, request: HttpRequest, version: Any, form: forms.Form | None) -> HttpResponse:
        versions = list(self.kept().select_related(*self.beside))
        may = can_maintain(acting(request)) and form is not None and version == (versions[0] if versions else None)
        if form is not None and not may:
            for field in form.fields.values():
                field.disabled = True
        context = {"form": form, "version": version, "versions": versions, "may": may, **self.more()}
        return render(request, self.template_name, context)
