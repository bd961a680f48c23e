"""Files of complaints: what is handed in, powers of attorney, and their downloads, which stand in the trail."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.forms.attach import AttachForm, AuthorityForm
from keheng.complaints.models import Attachment, Party
from keheng.complaints.operations import notes, people
from keheng.complaints.views.parts import ComplaintSide, complaint_of
from keheng.files.responses import attachment
from keheng.org.acting import acting
from keheng.ui.views import require


class Attach(ComplaintSide):
    heading, submit, done = _("Add a file"), _("Add"), _("The file is kept.")
    takes_file = True

    def make_form(self, *data: Any) -> forms.Form:
        return AttachForm(*data)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return notes.attach(complaint=self.record, upload=values["file"], about=values["about"], **given)


class AddAuthority(ComplaintSide):
    heading, submit, done = _("Add the power of attorney"), _("Add"), _("The power of attorney is kept.")
    note = _("Only where the bank does not hold it already.")
    takes_file = True

    def make_form(self, *data: Any) -> forms.Form:
        return AuthorityForm(*data)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        parties = self.record.parties.select_related("complaint")
        party = get_object_or_404(parties, pk=self.kwargs["party_pk"])
        return people.add_authority(party=party, upload=form.cleaned_data["file"], **given)


@require_POST
def download(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A file of a complaint, as a download; kept in the trail."""
    require(request, permissions.VIEW)
    record = complaint_of(request, pk)
    kept = get_object_or_404(Attachment.objects.select_related("file"), pk=attachment_pk, complaint=record)
    notes.open_attachment(kept=kept, actor=acting(request), at=clock.now())
    return attachment(kept.file, f"{record.number}-{kept.pk}")


@require_POST
def download_authority(request: HttpRequest, pk: int, party_pk: int) -> HttpResponse:
    """A power of attorney, as a download; kept in the trail."""
    require(request, permissions.VIEW)
    record = complaint_of(request, pk)
    parties = Party.objects.select_related("authority", "complaint")
    party = get_object_or_404(parties, pk=party_pk, complaint=record, authority__isnull=False)
    people.open_authority(party=party, actor=acting(request), at=clock.now())
    assert party.authority is not None
    return attachment(party.authority, f"{record.number}-{party.pk}")
