"""Forms of letters, deliveries, compensation, responsibility and lessons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import CompensationForm, Degree, DeliveryWay, Outcome
from keheng.complaints.forms.acts import words
from keheng.complaints.models import Complaint, Letter
from keheng.complaints.queries.letters import contact_of, reply_templates
from keheng.org.models import Branch, Staff


class DraftForm(forms.Form):
    """A template, and what was found."""

    code = forms.ChoiceField(label=_("template"))
    outcome = forms.ChoiceField(label=pgettext_lazy("complaint", "finding"), choices=Outcome)
    finding = words(_("what was found and done"), rows=5)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"outcome": complaint.outcome, "finding": complaint.finding or ""})
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(row.code, row.name) for row in reply_templates()]  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """The words of a letter."""

    subject = forms.CharField(label=_("subject"), max_length=120)
    body = words(_("text"), rows=16, most=8000)


class DeliverForm(forms.Form):
    """Which way, to whom, and what proves it."""

    way = forms.ChoiceField(label=_("way"), choices=DeliveryWay)
    to = forms.CharField(label=_("recipient"), max_length=200)
    reference = forms.CharField(label=_("tracking number or receipt"), max_length=60, required=False)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        party = contact_of(letter.complaint)
        mail = (party.mail if party else "") or ""
        way = DeliveryWay.MAIL if mail else DeliveryWay.POST
        kwargs.setdefault("initial", {"to": mail, "way": way})
        super().__init__(*args, **kwargs)


class ArrivedForm(forms.Form):
    """Whether the post arrived."""

    arrived = forms.TypedChoiceField(
        label=_("Did it arrive?"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda value: value == "yes",
    )
    words = words(_("why it was not delivered"), required=False, rows=2, most=200)


class CompensationAskForm(forms.Form):
    """What is paid, and why."""

    form = forms.ChoiceField(label=_("form"), choices=CompensationForm)
    amount = forms.DecimalField(label=_("Amount in yuan"), min_value=0, max_digits=12, decimal_places=2)
    reason = words(_("reason"), rows=3, most=500)


class ConcludeForm(forms.Form):
    """Who answers how far, on which grounds."""

    staff = forms.ModelChoiceField(label=_("member of staff"), queryset=Staff.objects.none())
    degree = forms.ChoiceField(label=_("responsibility"), choices=Degree)
    words = words(_("grounds"), rows=4, most=1000)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"staff": complaint.about_staff_id})
        super().__init__(*args, **kwargs)
        near = Staff.objects.people().filter(is_active=True, branch__path__startswith=complaint.branch.path)
        self.fields["staff"].queryset = near.order_by("branch__path", "name")  # type: ignore[attr-defined]


class DecideAppealForm(forms.Form):
    """Granted or turned down, and why."""

    grant = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("no", _("The conclusion stands")), ("yes", _("The conclusion is overturned"))],
        coerce=lambda value: value == "yes",
    )
    answer = words(_("reason"), rows=3, most=500)


class LessonForm(forms.Form):
    """What everybody is to learn."""

    branch = forms.ModelChoiceField(label=_("told to"), queryset=Branch.objects.none())
    title = forms.CharField(label=pgettext_lazy("lesson", "title"), max_length=80)
    happened = words(_("what happened"), rows=5)
    learned = words(_("what is to be done from now on"), rows=4)

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = Branch.objects.visible_to(actor).order_by("path")  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    """Another version of a template."""

    subject = forms.CharField(label=_("subject"), max_length=120)
    body = words(_("text"), rows=16, most=8000)
    reason = forms.CharField(label=_("reason or source"), max_length=200)
