"""The field of a form that takes a file."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from keheng.files.kinds import ACCEPTED, ACCEPTED_PICTURES


class UploadField(forms.FileField):
    """One file. The page refuses what is too large before it sends it; the operation examines what arrives."""

    def __init__(self, *, only_pictures: bool = False, **kwargs: Any) -> None:
        limit = settings.FILES_UPLOAD_LIMIT
        megabytes = limit // 2**20
        too_large = _("The file is too large: at most {limit} MB are taken. Choose a smaller one.")
        attrs = {
            "accept": ACCEPTED_PICTURES if only_pictures else ACCEPTED,
            "data-limit": str(limit),
            "data-too-large": format_lazy(too_large, limit=megabytes),
        }
        kwargs.setdefault("help_text", format_lazy(_("At most {limit} MB."), limit=megabytes))
        super().__init__(widget=forms.FileInput(attrs=attrs), allow_empty_file=True, **kwargs)
