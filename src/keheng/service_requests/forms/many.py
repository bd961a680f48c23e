"""What is asked before something is done to many requests."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.service_requests.queries.catalogue import newest
from keheng.service_requests.queries.desk import handlers
from keheng.ui.templatetags.keheng import limit_words


class ManyAssignForm(forms.Form):
    """Somebody of the branches in scope who handles requests, with their load."""

    to = forms.ChoiceField(label=_("To whom"))

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        loads = handlers(staff)
        self._people = {str(member.pk): member for member, _load in loads}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (member.pk, _("%(name)s (%(load)d in hand)") % {"name": member, "load": load}) for member, load in loads
        ]

    def clean_to(self) -> Staff:
        return self._people[self.cleaned_data["to"]]


class ManyPauseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why does it wait?"))
    note = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:  # noqa: ARG002  # the same for everybody
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (
                found.code,
                _("%(reason)s (at most %(limit)s)")
                % {"reason": found.told(language), "limit": limit_words(found.limit)},
            )
            for found in newest().pauses.values()
        ]


class ManyWordsForm(forms.Form):
    """One field of words."""

    def __init__(self, *args: Any, name: str, label: Any, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = forms.Textarea(attrs={"rows": 3, "maxlength": 500})
        self.fields[name] = forms.CharField(label=label, max_length=500, widget=area, initial=words)

    @classmethod
    def note(cls, *args: Any, staff: Staff) -> "ManyWordsForm":  # noqa: ARG003  # the same for everybody
        """Words for colleagues."""
        return cls(*args, name="note", label=_("For colleagues only"))

    @classmethod
    def reply(cls, *args: Any, staff: Staff) -> "ManyWordsForm":  # noqa: ARG003  # the same for everybody
        """Words for the customers; number and business are filled in for each."""
        template = newest().templates[0]
        return cls(*args, name="words", label=_("What the customers are told"), words=template.text)
