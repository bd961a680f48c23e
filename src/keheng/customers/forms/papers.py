"""The forms that complete an archive, as people fill them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from keheng.customers.forms.dossier import EntryForm
from keheng.customers.models import DossierEntry, LossContact, LossFile, PushFeedback


class FeedbackForm(EntryForm):
    model = PushFeedback
    names = ("report", "pushed_on", "channel", "acceptance", "traded", "note")
    wide = ("report", "note")

    def __init__(self, *args: Any, entry: DossierEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entry=entry, **kwargs)
        self.fields["pushed_on"].help_text = gettext("Filled in on the same day, from trades and holdings.")


class LossForm(EntryForm):
    """Assets left empty are those of the archive; that the customer was won back is asked once there is a file."""

    model = LossFile
    names = ("lost_on", "assets", "cause", "reason", "won_back_on", "note")
    wide = ("reason", "note")

    def __init__(self, *args: Any, entry: DossierEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entry=entry, **kwargs)
        self.fields["reason"].widget = forms.Textarea(attrs={"rows": 2, "maxlength": 300, "data-wide": ""})
        if entry is None:
            del self.fields["won_back_on"]
            self.fields["assets"].required = False
            self.fields["assets"].help_text = gettext("Left empty: the AUM of the archive.")


class LossContactForm(EntryForm):
    model = LossContact
    names = ("contacted_on", "content", "reaction", "note")
    wide = ("content", "reaction", "note")
