"""Attachments of a request are refused as those of the archive are: by content, size and name."""

import io
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.urls import reverse
from tests.files import samples
from tests.service_requests.conftest import MONDAY

from keheng.audit.models import Entry
from keheng.files.models import StoredFile
from keheng.files.refusals import RefusedFile
from keheng.org.models import Staff
from keheng.service_requests.enums import StepKind
from keheng.service_requests.models import Attachment, ServiceRequest
from keheng.service_requests.operations import handling

Opened = Callable[..., ServiceRequest]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (samples.PROGRAM, "程序.exe", "program"),
        (samples.PROGRAM, "身份证.jpg", "program"),
        (samples.picture(), "身份证.pdf", "renamed"),
        (b"\x00\x01\x02 nothing known", "扫描件.bin", "unknown"),
        (b"", "空.pdf", "empty"),
    ],
)
def test_a6_what_is_not_a_document_is_refused_and_leaves_nothing(
    opened: Opened, teller: Staff, content: bytes, name: str, reason: str
) -> None:
    request = opened(take=True)
    upload = SimpleUploadedFile(name, content)
    with pytest.raises(RefusedFile):
        handling.attach(request=request, upload=upload, document="", actor=teller, at=MONDAY)
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
    assert not request.steps.filter(kind=StepKind.ATTACHED).exists()
    refused = Entry.objects.get(action="files.refuse")
    assert (refused.detail, refused.actor_id) == ({"why": reason}, teller.pk)


def test_a6_50_mb_are_refused_before_a_byte_is_read(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    unread = UploadedFile(io.BytesIO(), "扫描件.pdf", size=50 * 2**20)
    with pytest.raises(RefusedFile) as refused:
        handling.attach(request=request, upload=unread, document="", actor=teller, at=MONDAY)
    assert "50.0 MB" in refused.value.message_dict["file"][0]
    assert not Attachment.objects.exists()


def test_the_page_says_why(opened: Opened, teller: Staff) -> None:
    request, client = opened(take=True), Client()
    client.force_login(teller)
    upload = SimpleUploadedFile("身份证.jpg", samples.PROGRAM)
    answer = client.post(reverse("service_requests:attach", args=[request.pk]), {"document": "", "file": upload})
    assert answer.status_code == 200
    assert "程序" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_whose_request_it_is_not_and_documents_that_are_not_asked_for(
    opened: Opened, teller: Staff, other: Staff
) -> None:
    request = opened("transfer-account", take=True)
    upload = SimpleUploadedFile("a.txt", "转户申请".encode())
    with pytest.raises(PermissionDenied):
        handling.attach(request=request, upload=upload, document="form", actor=other, at=MONDAY)
    with pytest.raises(ValidationError):
        handling.attach(request=request, upload=upload, document="moon", actor=teller, at=MONDAY)
    assert not StoredFile.objects.exists()
