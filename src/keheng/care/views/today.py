"""What becomes of a task on the workbench: done, not to be done, put off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.models import Task
from keheng.care.operations.tasks import complete_task, postpone_task, skip_task
from keheng.care.permissions.contacts import LOG
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm, side_done


class OfTask(PermissionMixin):
    """Something about one task that the reader sees."""

    permission = LOG

    @cached_property
    def task(self) -> Task:
        """The task of the address."""
        return get_object_or_404(Task.objects.visible_to(acting(self.request)), pk=self.kwargs["pk"])


class TaskDone(OfTask):
    """Tick a task off without a contact, such as a preparation."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            complete_task(task=self.task, actor=acting(request), at=clock.now())
        except ValidationError as error:
            return HttpResponse(" ".join(error.messages), status=409, content_type="text/plain; charset=utf-8")
        return side_done(_("Done and struck off."))


class SkipForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why not?"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class SkipTask(OfTask, SideForm):
    """Strike a task off without doing it, with the reason."""

    heading = gettext_lazy("Not to be done")
    submit = gettext_lazy("Strike it off")
    done = gettext_lazy("Struck off; the reason is kept.")

    def make_form(self, *data: Any) -> SkipForm:
        return SkipForm(*data)

    def carry_out(self, form: Any, **given: Any) -> Task:
        return skip_task(task=self.task, reason=form.cleaned_data["reason"], **given)


class PostponeForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("New day"), widget=forms.DateInput(attrs={"type": "date"}))


class PostponeTask(OfTask, SideForm):
    """Put a task off within the time it is worth doing."""

    heading = gettext_lazy("Put it off")
    submit = gettext_lazy("Put it off")
    done = gettext_lazy("Put off.")

    def make_form(self, *data: Any) -> PostponeForm:
        return PostponeForm(*data)

    def carry_out(self, form: Any, **given: Any) -> Task:
        return postpone_task(task=self.task, due_on=form.cleaned_data["due_on"], **given)
