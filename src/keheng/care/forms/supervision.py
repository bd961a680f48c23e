"""Forms of leading people: the board, checks of the log, the summaries of the day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Branch, Staff


def day_field() -> forms.DateInput:
    """A day, written as the browser's field wants it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """The period of the board."""

    starts_on = forms.DateField(label=_("From day"), widget=day_field())
    ends_on = forms.DateField(label=_("to"), widget=day_field())


class DrawForm(forms.Form):
    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch, and those below it"))
    starts_on = forms.DateField(label=_("Contacts from"), widget=day_field())
    ends_on = forms.DateField(label=_("Contacts until"), widget=day_field())

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id


class TextForm(forms.Form):
    text = forms.CharField(label=_("Remark"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DayForm(forms.Form):
    """The words of the day."""

    summary = forms.CharField(
        label=_("Summary of the day"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    plan = forms.CharField(
        label=_("Plan of the next day"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    day = forms.DateField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("Comment"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
