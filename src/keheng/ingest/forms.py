"""What people fill in to load a file. The operations decide; these only read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.ingest.profiles import Profile, all_profiles
from keheng.ingest.queries import profile_name
from keheng.org.models import Branch, Staff


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Files, one or more."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list) else [data]
        return [super(_FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    """A profile, and the file (or files) that it reads."""

    profile = forms.ChoiceField(label=gettext_lazy("Profile"), initial="standard")
    upload = _FilesField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the reader says what an empty file means
        max_length=255,
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles = {profile.code: profile for profile in all_profiles()}
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            (code, profile_name(profile)) for code, profile in self.profiles.items()
        ]

    @property
    def limit(self) -> int:
        """The most that can be sent, in bytes."""
        size: int = settings.INGEST_UPLOAD_LIMIT
        return size

    @property
    def picked(self) -> str:
        """The code of the profile that is marked."""
        return str(self["profile"].value())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        files, profile = given.get("upload"), self.profiles.get(given.get("profile", ""))
        if files and profile:
            for sentence in _unfit(files, profile, self.limit):
                self.add_error("upload", sentence)
        return given


def _unfit(files: Sequence[UploadedFile[Any]], profile: Profile, limit: int) -> list[str]:
    if sum(file.size or 0 for file in files) > limit:
        return [
            _("More than %(limit)s cannot be sent by this page; load the file by the command keheng ingest.")
            % {"limit": filesizeformat(limit)}
        ]
    if not profile.reads_folder and len(files) > 1:
        return [_("The profile %(profile)s reads one file; choose one.") % {"profile": profile_name(profile)}]
    lacking = {source.file for source in profile.sources.values()} - {file.name for file in files}
    if lacking:
        return [_("These files of the folder are lacking: %(files)s.") % {"files": ", ".join(sorted(lacking))}]
    return []


class StartForm(forms.Form):
    """What a draft is loaded with, besides its columns."""

    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        required=False,
        label=gettext_lazy("Branch of new customers"),
        help_text=gettext_lazy("for new customers whose row names none"),
    )
    as_of = forms.DateField(
        required=False,
        label=gettext_lazy("Date of the figures"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("for rows that name none"),
    )
    dry_run = forms.BooleanField(required=False, label=gettext_lazy("Trial: check and count everything, keep nothing"))

    def __init__(self, *args: Any, actor: Staff, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches: QuerySet[Branch] = Branch.objects.visible_to(actor).filter(is_active=True)
        field: Any = self.fields["branch"]
        field.queryset = branches
        default = branches.filter(code=profile.branch).first()
        field.empty_label = (
            _("As the profile says (%(branch)s)") % {"branch": default} if default else _("As the profile says")
        )
