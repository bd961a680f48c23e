"""Forms of what is done to a complaint."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.complaints.enums import Bone, Grade, MeasureKind, Outcome, VisitFinding
from keheng.complaints.models import Cause, Complaint
from keheng.complaints.queries.causes import offered
from keheng.complaints.queries.people import handlers, responders, units
from keheng.org.models import Branch, Staff
from keheng.portfolio.models import Product

_WHYS = 5


def words(label: Any, *, required: bool = True, rows: int = 3, most: int = 2000) -> forms.CharField:
    """A field of sentences."""
    area = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, max_length=most, widget=area)


class WordsForm(forms.Form):
    """One field of words; its name and label come from the view."""

    def __init__(self, *args: Any, name: str, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[name] = words(label)


class ClassifyForm(forms.Form):
    """Kind and cause are one choice: the tree."""

    cause = forms.ModelChoiceField(
        label=pgettext_lazy("complaint", "cause"), queryset=Cause.objects.filter(is_active=True)
    )
    grade = forms.TypedChoiceField(label=_("grade"), choices=Grade, coerce=int, initial=Grade.MINOR)
    path = forms.ChoiceField(
        label=pgettext_lazy("complaint", "path"), required=False, help_text=_("Left open, it follows from the kind.")
    )
    product = forms.ModelChoiceField(
        label=_("product"), queryset=Product.objects.all(), required=False, empty_label="—"
    )
    note = words(_("Reason, where it differs from the suggestion"), required=False, rows=2, most=500)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        paths = [(path.code, path.told(language)) for path in complaint.internal_rules.rules.paths]
        self.fields["cause"].choices = [("", "—"), *offered()]  # type: ignore[attr-defined]
        self.fields["path"].choices = [("", "—"), *paths]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A handler without a conflict of interest, with their load."""

    to = forms.ModelChoiceField(label=pgettext_lazy("complaint", "handled by"), queryset=Staff.objects.none())

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = handlers(complaint)
        self.fields["to"].queryset = Staff.objects.filter(pk__in=[person.pk for person, _load in able])  # type: ignore[attr-defined]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (
                person.pk,
                _("%(name)s · %(branch)s (%(load)d in hand)") % {"name": person, "branch": person.branch, "load": load},
            )
            for person, load in able
        ]


class IssueForm(forms.Form):
    to_branch = forms.ModelChoiceField(label=_("responsible unit"), queryset=Branch.objects.none())
    to_staff = forms.ModelChoiceField(label=_("answers for the unit"), queryset=Staff.objects.none())
    task = words(pgettext_lazy("complaint", "what is to be done"))

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = responders(complaint)
        self.fields["to_branch"].queryset = units(complaint)  # type: ignore[attr-defined]
        self.fields["to_branch"].initial = complaint.about_branch_id or complaint.branch_id
        self.fields["to_staff"].queryset = Staff.objects.filter(pk__in=[one.pk for one in people])  # type: ignore[attr-defined]
        self.fields["to_staff"].choices = [  # type: ignore[attr-defined]
            (one.pk, f"{one.name} · {one.role} · {one.branch}") for one in people
        ]


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(label=pgettext_lazy("complaint", "finding"), choices=Outcome)
    finding = words(_("what was found and done"))


class VisitForm(forms.Form):
    found = forms.ChoiceField(label=_("What was it?"), choices=VisitFinding, widget=forms.RadioSelect)
    words = words(_("What did the customer say, and what did the visit see?"))


class ReplyForm(SettleForm):
    way = forms.CharField(
        label=pgettext_lazy("complaint", "told by"), max_length=60, help_text=_("Telephone, letter number, message.")
    )
    remedies_told = forms.BooleanField(
        label=_("Named the remedies: internal review, mediation, arbitration, suit at court"), required=False
    )


class CauseForm(forms.Form):
    """The five whys and the fishbone on one panel; a bone holds one cause a line."""

    main_bone = forms.ChoiceField(label=_("main bone"), choices=Bone)
    conclusion = words(_("root cause"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(_WHYS):
            self.fields[f"why-{place}"] = forms.CharField(
                label=_("Why %(n)d") % {"n": place + 1}, max_length=300, required=place == 0
            )
        for bone in Bone:
            self.fields[f"bone-{bone}"] = words(bone.label, required=False, rows=2, most=600)
        self.order_fields([f"why-{place}" for place in range(_WHYS)])

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = self.cleaned_data
        return {
            "whys": [given[f"why-{place}"] for place in range(_WHYS)],
            "bones": {bone.value: given[f"bone-{bone}"].splitlines() for bone in Bone},
            "main_bone": Bone(given["main_bone"]),
            "conclusion": given["conclusion"],
        }


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label=_("kind of measure"), choices=MeasureKind.choices[1:])
    text = words(_("measure"))
    owner = forms.ModelChoiceField(label=pgettext_lazy("complaint", "owner"), queryset=Staff.objects.none())
    due_on = forms.DateField(label=pgettext_lazy("complaint", "due on"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, complaint: Complaint, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = responders(complaint)
        self.fields["owner"].queryset = Staff.objects.filter(pk__in=[one.pk for one in people])  # type: ignore[attr-defined]
        self.fields["owner"].choices = [(one.pk, f"{one.name} · {one.branch}") for one in people]  # type: ignore[attr-defined]
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()


class VerdictForm(forms.Form):
    """Yes or no with words: plans, effects, reviews."""

    def __init__(self, *args: Any, question: Any, yes: Any, no: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"] = forms.ChoiceField(
            label=question, choices=[("yes", yes), ("no", no)], widget=forms.RadioSelect
        )
        self.fields["words"] = words(label, required=False)

    @property
    def is_yes(self) -> bool:
        return bool(self.cleaned_data["verdict"] == "yes")


class TalkForm(forms.Form):
    satisfied = forms.ChoiceField(
        label=_("Is the complainant content?"),
        choices=[("yes", pgettext_lazy("complaint", "content")), ("no", _("not content")), ("", _("not reached"))],
        required=False,
    )
    words = words(pgettext_lazy("complaint", "What was said"))


class OtherForm(forms.Form):
    """Another complaint by its number."""

    number = forms.CharField(label=_("number of the complaint"), max_length=14)
