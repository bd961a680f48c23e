"""The tree of branches."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org import operations, permissions, queries
from keheng.org.acting import acting
from keheng.org.forms import BranchForm, MoveBranchForm, NewBranchForm
from keheng.org.models import Branch
from keheng.org.views.parts import OperationForm, refused
from keheng.ui.views import require


def branches(request: HttpRequest) -> HttpResponse:
    """The branches in scope as a tree, with what is counted on each."""
    require(request, permissions.VIEW)
    actor = acting(request)
    context = {
        "nodes": queries.tree(actor),
        "headings": queries.tree_headings(),
        "may_manage": permissions.can_manage(actor),
    }
    return render(request, "org/branches.html", context)


class NewBranch(OperationForm):
    form_class = NewBranchForm
    heading = gettext_lazy("New branch")
    submit = gettext_lazy("Add the branch")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "actor": acting(self.request)}

    def get_initial(self) -> dict[str, Any]:
        return {"parent": self.request.GET.get("parent")}

    def carry_out(self, **values: Any) -> None:
        operations.add_branch(**values)

    def done(self) -> str:
        return _("The branch has been added.")

    def back_url(self) -> str:
        return reverse("org:branches")


class ChangeBranch(OperationForm):
    """Rename a branch; move, close or reopen it."""

    template_name = "org/branch.html"
    form_class = BranchForm
    submit = gettext_lazy("Save the branch")

    @cached_property
    def branch(self) -> Branch:
        return visible_branch(self.request, self.kwargs["pk"])

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.branch.name

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.branch.name, "kind": self.branch.kind, "calendar": self.branch.calendar_id}

    def carry_out(self, **values: Any) -> None:
        operations.change_branch(branch=self.branch, **values)

    def done(self) -> str:
        return _("%(branch)s has been saved.") % {"branch": self.branch.name}

    def back_url(self) -> str:
        return reverse("org:branches")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        move = MoveBranchForm(actor=acting(self.request), branch=self.branch)
        contents = queries.contents_of(self.branch)
        return super().get_context_data(branch=self.branch, move=move, contents=contents, **kwargs)


@require_POST
def move_branch(request: HttpRequest, pk: int) -> HttpResponse:
    """Hang a branch under another."""
    branch, actor = visible_branch(request, pk), acting(request)
    form = MoveBranchForm(request.POST, actor=actor, branch=branch)
    if form.is_valid():
        parent = form.cleaned_data["parent"]
        try:
            operations.move_branch(branch=branch, parent=parent, actor=actor, at=clock.now())
        except ValidationError as error:
            refused(request, error)
        else:
            names = {"branch": branch.name, "parent": parent.name}
            messages.success(request, _("%(branch)s now stands under %(parent)s.") % names)
    else:
        messages.error(request, _("Choose the branch to hang it under."))
    return redirect("org:branch", pk)


@require_POST
def close_branch(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a branch out of use, or into use again."""
    branch, actor = visible_branch(request, pk), acting(request)
    act = operations.close_branch if branch.is_active else operations.reopen_branch
    try:
        act(branch=branch, actor=actor, at=clock.now())
    except ValidationError as error:
        refused(request, error)
    else:
        told = _("%(branch)s has been reopened.") if branch.is_active else _("%(branch)s has been closed.")
        messages.success(request, told % {"branch": branch.name})
    return redirect("org:branch", pk)


def visible_branch(request: HttpRequest, pk: int) -> Branch:
    """The branch, if it lies in scope; else the page is not found."""
    return get_object_or_404(Branch.objects.visible_to(acting(request)).select_related("parent"), pk=pk)
