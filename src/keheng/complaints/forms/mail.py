"""The form of a mailbox."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.complaints.models import Mailbox


class MailboxForm(forms.ModelForm[Mailbox]):
    """The server and how to sign in; the password that is kept is never shown."""

    password = forms.CharField(
        label=_("password"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the one that is kept stays."),
    )

    class Meta:
        model = Mailbox
        fields = (
            "address",
            "host",
            "port",
            "security",
            "username",
            "folder",
            "branch",
            "size_limit",
            "hourly_limit",
            "enabled",
            "acknowledges",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["address", "host", "port", "security", "username", "password", "folder", "branch"])
