"""What the pages of the organisation share."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from keheng.common import clock
from keheng.org import permissions
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists.parts import Text
from keheng.ui.views import PermissionMixin


class OperationForm(PermissionMixin, FormView[Any]):
    """A page with one form that carries out one operation.

    Attributes:
        heading: the title of the page.
        submit: the words on the button, a verb.
    """

    permission = permissions.MANAGE
    template_name = "org/form.html"
    heading: ClassVar[Text]
    submit: ClassVar[Text]

    def carry_out(self, **values: Any) -> Any:
        """Call the operation with the cleaned values, ``actor`` and ``at``."""
        raise NotImplementedError

    def done(self) -> str:
        """What to say afterwards."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Where the page leads, done or given up."""
        raise NotImplementedError

    def answer(self, result: Any) -> HttpResponse:  # noqa: ARG002
        """What follows when the operation has been carried out."""
        messages.success(self.request, self.done())
        return redirect(self.back_url())

    def form_valid(self, form: Any) -> HttpResponse:
        values = {**form.cleaned_data, "actor": acting(self.request), "at": clock.now()}
        result = carry_out(form, lambda: (self.carry_out(**values),))
        return self.form_invalid(form) if result is None else self.answer(result[0])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"heading": self.heading, "submit": self.submit, "back_url": self.back_url()}
        return super().get_context_data(**words, **kwargs)


def refused(request: HttpRequest, error: ValidationError) -> None:
    """Say what an operation without a form has refused."""
    for sentence in error.messages:
        messages.error(request, sentence)
