"""The field of a form that takes a file."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from keheng.files.kinds import ACCEPTED, ACCEPTED_PICTURES


class UploadField(forms.FileField):
    """One file. The page refuses what is too large before it sends it; the operation examines what arrives."""

    def __init__(self, *, only_pictures: bool = False, **kwargs: Any) -> None:
        limit = settings.FILES_UPLOAD_LIMIT
        megabytes = {"limit": limit // 2**20}
        attrs = {
            "accept": ACCEPTED_PICTURES if only_pictures else ACCEPTED,
            "data-limit": str(limit),
            "data-too-large": _("The file is too large: at most %(limit)d MB are taken. Choose a smaller one.") % megabytes,
        }
        kwargs.setdefault("help_text", _("At most %(limit)d MB.") % megabytes)
        super().__init__(widget=forms.FileInput(attrs=attrs), allow_empty_file=True, **kwargs)
