"""Who complains for others hands in a power of attorney, with the complaint or later; what the person's copy tells."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.complaints.conftest import MONDAY, moment
from tests.files.samples import pdf

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.complaints.enums import LetterState, Outcome, PartyRole
from keheng.complaints.models import Complaint, Party
from keheng.complaints.operations import letters, people
from keheng.complaints.operations.forms import settle
from keheng.complaints.operations.intake import Complaining
from keheng.customers.models import Customer
from keheng.customers.privacy.copies import copy_of
from keheng.org.models import Branch, Staff

Made = Callable[..., Complaint]
PROXY = Complaining(name="王律师", phone="13857712345", role=PartyRole.PROXY)


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def paper(name: str = "委托书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf())


def test_it_is_taken_in_with_the_complaint(officer: Staff, outlet: Branch, client: Client) -> None:
    client.force_login(officer)
    given = {"channel": "web", "role": "proxy", "name-0": "王律师", "phone-0": "13857712345", "statement": "利息少计"}
    address = reverse("complaints:new")
    refused = client.post(address, {**given, "authority": SimpleUploadedFile("a.exe", b"MZ\0\0")})
    assert refused.status_code == 200
    assert not Complaint.objects.exists(), "nothing is half taken in"
    client.post(address, {**given, "about_branch": outlet.pk, "authority": paper()})
    party = Party.objects.select_related("complaint", "authority").get()
    assert party.authority is not None
    page = client.get(party.complaint.get_absolute_url()).content.decode()
    assert "尚无授权委托书" not in page
    taken = client.post(reverse("complaints:authority", args=[party.complaint_id, party.pk]))
    assert taken.getvalue() == pdf()
    assert Entry.objects.filter(action="complaints.open_file").count() == 1


def test_it_is_handed_in_later_once_and_by_whoever_works_on_it(
    registered: Made, officer: Staff, teller: Staff, client: Client
) -> None:
    complaint = registered(complaining=[PROXY])
    client.force_login(officer)
    assert "尚无授权委托书" in client.get(complaint.get_absolute_url()).content.decode()
    party = complaint.parties.get()
    address = reverse("complaints:add-authority", args=[complaint.pk, party.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"file": paper()}).status_code == 204
    party = Party.objects.select_related("complaint").get()
    assert party.authority_id is not None
    at = moment("11-23 10:00")
    with pytest.raises(ValidationError, match="已有授权委托书"):
        people.add_authority(party=party, upload=paper(), actor=officer, at=at)
    with pytest.raises(PermissionDenied):
        people.add_authority(party=party, upload=paper(), actor=teller, at=at)


def test_pipl_45_the_copy_tells_letters_that_went_out_and_no_drafts(
    classified: Made, officer: Staff, reviewer: Staff, customer: Customer
) -> None:
    complaint = settle(complaint=classified(), outcome=Outcome.JUSTIFIED, finding="已更正", actor=officer, at=MONDAY)
    given = {"code": "reply-founded", "outcome": Outcome.JUSTIFIED, "finding": "利息少计 12.50 元", "at": MONDAY}
    letter = letters.draft(complaint=complaint, actor=officer, **given)

    def told() -> str:
        return " ".join(str(table.rows) for table in copy_of(customer))

    assert "仲裁" not in told()
    type(letter).objects.filter(pk=letter.pk).update(
        state=LetterState.APPROVED, approved_by=reviewer, approved_at=MONDAY
    )
    assert "仲裁" in told()
