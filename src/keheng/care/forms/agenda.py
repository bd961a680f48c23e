"""Editing an agenda: a row a slot, with empty rows to add, and which template a branch follows."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.agenda import Activity
from keheng.care.models import AgendaTemplate
from keheng.care.policies.agenda import Slot
from keheng.org.models import Branch, Staff


class SlotForm(forms.Form):
    """One slot; without a title it is left out."""

    begins = forms.TimeField(
        label=_("Begins"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Ends"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    activity = forms.ChoiceField(label=_("Activity"), choices=Activity.choices)
    title = forms.CharField(label=pgettext_lazy("agenda", "Title"), max_length=40, required=False)
    note = forms.CharField(label=_("What it is made of"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("title") and not (values.get("begins") and values.get("ends")):
            raise forms.ValidationError(gettext("Give a beginning and an end."))
        return values

    def slot(self) -> Slot | None:
        values = self.cleaned_data
        if not values.get("title"):
            return None
        return Slot(values["begins"], values["ends"], values["title"], Activity(values["activity"]), values["note"])


SlotFormSet: type[BaseFormSet[SlotForm]] = forms.formset_factory(SlotForm, extra=3, max_num=30)


def slot_formset(slots: Sequence[Slot], data: Any = None) -> "BaseFormSet[SlotForm]":
    """The rows of an agenda."""
    initial = [
        {
            "begins": slot.begins,
            "ends": slot.ends,
            "activity": slot.activity.value,
            "title": slot.title,
            "note": slot.note,
        }
        for slot in slots
    ]
    return SlotFormSet(data, initial=initial, prefix="slot")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why it changes"), max_length=200)


class ChooseAgendaForm(forms.Form):
    """Which template a branch, and those below it without a choice of their own, works by."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch, and those below it"))
    template = forms.ModelChoiceField(
        AgendaTemplate.objects.all(), label=_("Agenda"), required=False, empty_label=_("as the branch above")
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id
