"""Files in the database: encrypted, whole, and only what was examined."""

import io
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import Http404
from tests.factories import StaffFactory
from tests.files import samples

from keheng.audit.models import Entry
from keheng.common import keys
from keheng.common.rotation import reencrypt
from keheng.files import operations, responses
from keheng.files.models import Piece, StoredFile, Thumbnail
from keheng.files.queries import DamagedFile, content_of, thumbnail_of
from keheng.files.refusals import Reason, RefusedFile
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
LARGE = samples.pdf(bytes(2_500_000))


@pytest.fixture
def actor() -> Staff:
    return StaffFactory.create()


def taken(content: bytes, name: str, actor: Staff) -> StoredFile:
    examined = operations.examine(upload=ContentFile(content, name=name), actor=actor, at=AT)
    return operations.store(examined=examined, actor=actor, at=AT)


def refusal(content: bytes, name: str, actor: Staff, **more: bool) -> Reason:
    with pytest.raises(RefusedFile) as refused:
        operations.examine(upload=ContentFile(content, name=name), actor=actor, at=AT, **more)
    return refused.value.reason


def test_a_file_comes_back_as_it_went_in(actor: Staff) -> None:
    file = taken(LARGE, "合同.pdf", actor)
    file = StoredFile.objects.get(pk=file.pk)
    assert (file.name, file.kind, file.size) == ("合同.pdf", "pdf", len(LARGE))
    assert [piece.number for piece in file.pieces.all()] == [0, 1, 2]
    assert content_of(file) == LARGE


def test_neither_name_nor_content_lie_open_in_the_database(actor: Staff) -> None:
    taken("客户黄雅琴口述".encode(), "黄雅琴.txt", actor)
    with connection.cursor() as cursor:
        cursor.execute("select file.name, piece.data from files_storedfile file join files_piece piece on true")
        name, data = cursor.fetchone()
    assert "黄雅琴".encode() not in bytes(name)
    assert "黄雅琴".encode() not in bytes(data)


def test_a_change_of_keys_seals_pieces_again(actor: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    file = taken(samples.picture(), "a.jpg", actor)
    ring = keys.key_ring().with_fresh_key()
    counts = reencrypt(ring)
    assert counts["files_piece.data"] == counts["files_thumbnail.data"] == counts["files_storedfile.name"] == 1
    with connection.cursor() as cursor:
        cursor.execute("select get_byte(data, 0) from files_piece")
        assert cursor.fetchone() == (ring.current,)
    monkeypatch.setattr("keheng.common.fields.key_ring", lambda: ring)
    assert content_of(StoredFile.objects.get(pk=file.pk)) == samples.picture()


def test_missing_pieces_are_noticed(actor: Staff) -> None:
    file = taken(LARGE, "a.pdf", actor)
    Piece.objects.filter(file=file, number=1).delete()
    with pytest.raises(DamagedFile):
        content_of(file)


def test_a_file_is_there_with_its_record_or_not_at_all(actor: Staff) -> None:
    with transaction.atomic():
        taken(LARGE, "a.pdf", actor)
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()
    assert not Piece.objects.exists()


def test_50_mb_are_refused_before_a_byte_is_read(actor: Staff) -> None:
    unread = UploadedFile(io.BytesIO(), "a.pdf", size=50 * 2**20)  # read, it would be refused as empty
    with pytest.raises(RefusedFile) as refused:
        operations.examine(upload=unread, actor=actor, at=AT)
    assert refused.value.message_dict["file"] == ["文件有 50.0 MB，上限为 20 MB。请降低扫描清晰度或拆分后再上传。"]
    assert not StoredFile.objects.exists()


def test_the_limit_is_a_setting(actor: Staff, settings: Any) -> None:
    settings.FILES_UPLOAD_LIMIT = 100
    assert refusal(samples.pdf(bytes(100)), "a.pdf", actor) is Reason.TOO_LARGE


def test_a_refusal_stands_in_the_trail_without_the_name(actor: Staff) -> None:
    assert refusal(samples.PROGRAM, "黄雅琴.pdf", actor) is Reason.PROGRAM
    entry = Entry.objects.get(action="files.refuse")
    assert (entry.actor_id, entry.outcome, entry.detail) == (actor.pk, "refused", {"why": "program"})


def test_where_a_picture_is_wanted_nothing_else_is_taken(actor: Staff) -> None:
    assert refusal(samples.pdf(), "a.pdf", actor, only_pictures=True) is Reason.NO_PICTURE


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit(b'EICAR' in sys.stdin.buffer.read())", Reason.FOUND),
        ("import sys; sys.exit(2)", Reason.NOT_SCANNED),
    ],
)
def test_the_scanner_decides(actor: Staff, settings: Any, script: str, reason: Reason) -> None:
    settings.FILES_SCANNER = [sys.executable, "-c", script]
    assert refusal(b"X5O!P EICAR test", "a.txt", actor) is reason


def test_a_clean_file_passes_the_scanner_and_a_missing_scanner_stops_all(actor: Staff, settings: Any) -> None:
    settings.FILES_SCANNER = [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]
    assert taken(b"clean", "a.txt", actor).size == 5
    settings.FILES_SCANNER = ["/nowhere/scanner"]
    assert refusal(b"clean", "a.txt", actor) is Reason.NOT_SCANNED


def test_a_download_is_never_a_page(actor: Staff) -> None:
    response = responses.attachment(taken("口述".encode(), "记录.txt", actor), "身份证件-12")
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%BA%AB")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "text/plain"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.content == "口述".encode()


def test_only_pictures_are_shown_and_only_made_anew(actor: Staff) -> None:
    picture = taken(samples.photo_with_place(), "a.jpg", actor)
    response = responses.thumbnail(picture)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert b"secret" not in response.content
    assert response.content == thumbnail_of(picture)
    with pytest.raises(Http404):
        responses.thumbnail(taken(b"text", "a.txt", actor))


def test_a_discarded_file_leaves_nothing(actor: Staff) -> None:
    operations.discard(file=taken(samples.picture(), "a.jpg", actor))
    assert not StoredFile.objects.exists()
    assert not Piece.objects.exists()
    assert not Thumbnail.objects.exists()


@pytest.mark.parametrize("name", ["C:\\Users\\huang\\证.txt", "../../etc/证.txt", "/tmp/证.txt"])
def test_a_name_leads_nowhere(actor: Staff, name: str) -> None:
    assert taken(b"x", name, actor).name == "证.txt"
