"""The pages of data intake: a file is sent, looked at, loaded, and its result read; refusals come in words."""

import contextlib
import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import BranchFactory, StaffFactory
from tests.ingest.conftest import AT

from keheng.audit.models import Entry
from keheng.customers.models import Customer
from keheng.ingest import tasks
from keheng.ingest.enums import BatchState
from keheng.ingest.models import Batch
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets

GOOD = "客户号,姓名,手机,AUM,备注\nK001,黄雅琴,13812345678,1000.50,13998765432\nK002,林建峰,13712345678,20,\n"
BAD_ROW = "K003,陈思远,13612345678,约十万,\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(home: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Path:
    monkeypatch.setattr("keheng.ingest.uploads.home", lambda: home)
    load_presets()
    return home / "uploads" / "ingest"


def signed_in(staff: Staff, language: str = "en") -> Client:
    client = Client()
    client.force_login(staff)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def manager() -> Client:
    return signed_in(StaffFactory.create(permissions=["ingest.view", "ingest.run", "customers.view", "tiering.run"]))


def taken(client: Client, one: Batch) -> str:
    """The rejected rows as they are downloaded."""
    answer = client.get(f"/ingest/{one.pk}/rejects/")
    assert answer["Content-Disposition"] == f'attachment; filename="rejects-{one.pk}.csv"'
    with contextlib.closing(answer):
        return answer.getvalue().decode("utf-8-sig")


def send(client: Client, content: str | bytes, name: str = "客户.csv", profile: str = "standard") -> str:
    """Send one file; return the page that follows."""
    data = content.encode() if isinstance(content, str) else content
    upload = {"profile": profile, "upload": SimpleUploadedFile(name, data)}
    return client.post("/ingest/new/", upload, follow=True).content.decode()


def batch(state: str = BatchState.DONE, **given: object) -> Batch:
    values = {
        "profile": "standard",
        "file_name": "客户.csv",
        "path": "/nowhere/客户.csv",
        "size": 1,
        "sha256": "0" * 64,
    }
    actor = given.pop("actor", None) or StaffFactory.create()
    return Batch.objects.create(**values, state=state, actor=actor, created_at=AT, **given)


# -- who may -----------------------------------------------------------------------------------------------------------

SEE = {"administrator", "head-office-manager", "auditor", "branch-head"}
RUN = {"administrator", "head-office-manager"}
ROLES = ["administrator", "head-office-manager", "auditor", "risk-officer", "branch-head", "relationship-manager"]


@pytest.mark.parametrize("code", ROLES)
def test_roles_see_and_load_as_a15_says(code: str) -> None:
    client = signed_in(StaffFactory.create(role=Role.objects.get(code=code)))
    one = batch(BatchState.FAILED, fault="empty", fault_details={"file": "客户.csv"})
    for url in ("/ingest/", f"/ingest/{one.pk}/", f"/ingest/{one.pk}/progress/"):
        assert (client.get(url).status_code == 200) == (code in SEE), url
    assert (client.get("/ingest/new/").status_code == 200) == (code in RUN)
    for act in ("start", "cancel", "retry"):
        assert (client.post(f"/ingest/{one.pk}/{act}/").status_code == 302) == (code in RUN), act


@pytest.mark.django_db(transaction=True)
def test_rejected_rows_go_only_to_who_sees_every_customer_or_loaded_them(home: Path) -> None:
    file = home / "ingest" / "rejects.csv"
    file.parent.mkdir(parents=True)
    file.write_text("Row,Field,Value,Reason,Remedy\n3,AUM,约十万,Not a number,Write digits\n", encoding="utf-8-sig")
    scoped = StaffFactory.create(scope=DataScope.SUBTREE, permissions=["ingest.view"], branch=BranchFactory.create())
    theirs, own = batch(rejects_path=str(file)), batch(rejects_path=str(file), actor=scoped)

    refused = signed_in(scoped).get(f"/ingest/{theirs.pk}/rejects/")
    assert refused.status_code == 403
    assert "约十万" not in signed_in(scoped).get(f"/ingest/{theirs.pk}/").content.decode()
    assert "约十万" in taken(signed_in(scoped), own)

    auditor = StaffFactory.create(permissions=["ingest.view"])
    assert "约十万" in signed_in(auditor).get(f"/ingest/{theirs.pk}/").content.decode()
    assert "约十万" in taken(signed_in(auditor), theirs)
    assert Entry.objects.filter(action="ingest.rejects", actor_id=auditor.pk).exists()


# -- from the file to the result ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_file_is_sent_looked_at_loaded_and_its_result_read(manager: Client, uploads: Path) -> None:
    page = send(manager, GOOD + BAD_ROW)
    one = Batch.objects.get()
    assert (one.state, one.file_name) == (BatchState.DRAFT, "客户.csv")
    assert one.file.is_relative_to(uploads.resolve())
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "13998765432" not in page, "an unknown column with phones is masked as well"
    assert "Columns that are not used" in page

    manager.post(f"/ingest/{one.pk}/start/", {"as_of": "2026-10-31", "column-name": "姓名", "column-number": "客户号"})
    one.refresh_from_db()
    assert (one.state, str(one.as_of), one.mapping) == (BatchState.QUEUED, "2026-10-31", {})
    assert "Waiting for the worker" in manager.get(f"/ingest/{one.pk}/").content.decode()
    assert "HX-Refresh" not in manager.get(f"/ingest/{one.pk}/progress/")

    tasks.load(one.pk)
    assert manager.get(f"/ingest/{one.pk}/progress/")["HX-Refresh"] == "true"
    page = manager.get(f"/ingest/{one.pk}/").content.decode()
    one.refresh_from_db()
    assert one.counts == {"read": 3, "created": 2, "updated": 0, "unchanged": 0, "rejected": 1}
    assert "1,020.50" in page, "the sum of the accepted rows is reconciled"
    for shown in ("约十万", "/ingest/new/", f"/ingest/{one.pk}/rejects/", 'href="/customers/"', 'href="/tiering/"'):
        assert shown in page
    rows = taken(manager, one)
    assert [row[:3] for row in csv.reader(io.StringIO(rows))][1:] == [["4", "AUM", "约十万"]]
    assert not list(uploads.iterdir()), "what was sent is removed once it is loaded"


@pytest.mark.django_db(transaction=True)
def test_columns_branch_and_trial_are_chosen_on_the_page(manager: Client) -> None:
    wenzhou = BranchFactory.create(code="WZ")
    page = send(manager, "编码,姓名,余额\nK001,黄雅琴,5\n")
    one = Batch.objects.get()
    assert "lacks the columns 客户号" in page
    start = f"/ingest/{one.pk}/start/"
    refused = manager.post(start, {}, follow=True).content.decode()
    one.refresh_from_db()
    assert one.state == BatchState.DRAFT
    assert "lacks the columns 客户号" in refused

    chosen = {"column-number": "编码", "column-aum": "余额", "column-sex": "no such column", "branch": wenzhou.pk}
    looked = manager.post(start, {**chosen, "look": "1"}, follow=True).content.decode()
    one.refresh_from_db()
    assert (one.state, one.mapping) == (BatchState.DRAFT, {"number": "编码", "aum": "余额"})
    assert "lacks" not in looked
    manager.post(start, {**chosen, "dry_run": "on"})
    tasks.load(one.pk)
    one.refresh_from_db()
    assert (one.state, one.created, one.branch) == (BatchState.DONE, 1, Branch.objects.get(code="WZ"))
    assert not Customer.objects.exists()
    assert "nothing was kept" in manager.get(f"/ingest/{one.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_discarded_with_its_file_and_a_started_one_changes_no_more(manager: Client, uploads: Path) -> None:
    send(manager, GOOD)
    one = Batch.objects.get()
    manager.post(f"/ingest/{one.pk}/cancel/")
    one.refresh_from_db()
    assert one.state == BatchState.CANCELLED
    assert not list(uploads.iterdir())
    manager.post(f"/ingest/{one.pk}/start/", {"column-number": "姓名"})
    one.refresh_from_db()
    assert (one.state, one.mapping) == (BatchState.CANCELLED, {})


@pytest.mark.django_db(transaction=True)
def test_a_load_that_failed_says_why_and_is_loaded_again(manager: Client) -> None:
    send(manager, GOOD)
    one = Batch.objects.get()
    Batch.objects.update(state=BatchState.INTERRUPTED, fault="interrupted", finished_at=AT)
    page = manager.get(f"/ingest/{one.pk}/").content.decode()
    assert "The program ended before the load was complete" in page
    assert "Load the file again." in page
    manager.post(f"/ingest/{one.pk}/retry/")
    tasks.load(one.pk)
    assert Batch.objects.get().state == BatchState.DONE


def test_a_folder_is_sent_as_its_files_together(manager: Client) -> None:
    lacking = send(manager, "x", name="client.asc", profile="berka")
    assert "These files of the folder are lacking: account.asc, card.asc" in lacking
    two = [SimpleUploadedFile("a.csv", b"x"), SimpleUploadedFile("b.csv", b"x")]
    answer = manager.post("/ingest/new/", {"profile": "standard", "upload": two}).content.decode()
    assert "reads one file; choose one" in answer


# -- bad files ---------------------------------------------------------------------------------------------------------


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("客户.csv", GOOD)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (_zip(), "is an archive (zip). Unpack it"),
        (b"", "is empty. The transfer was probably cut off"),
        ("客户号,姓名\n".encode(), "has headings and no rows"),
        (b"%PDF-1.7 ...", "is no table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    manager: Client, uploads: Path, content: bytes, sentence: str
) -> None:
    page = send(manager, content)
    assert sentence in page
    assert not Batch.objects.exists()
    assert not list(uploads.iterdir())


def test_a_file_beyond_the_limit_and_none_at_all_get_their_sentence(manager: Client, settings: object) -> None:
    settings.INGEST_UPLOAD_LIMIT = 10  # type: ignore[attr-defined]
    assert "load the file by the command keheng ingest" in send(manager, GOOD)
    assert "Choose a file first." in manager.post("/ingest/new/", {"profile": "standard"}).content.decode()


@pytest.mark.parametrize("name", ["../../etc/passwd", ".bashrc", "月" * 100 + ".csv", "a b;c|d.csv"])
def test_the_name_of_a_file_cannot_leave_its_folder(manager: Client, uploads: Path, name: str) -> None:
    send(manager, GOOD, name=name)
    kept = [path for path in uploads.rglob("*") if path.is_file()]
    assert [path.parent.parent for path in kept] == [uploads] * len(kept)
    assert all(len(path.name.encode()) <= 255 for path in kept)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_tells_every_import_and_takes_no_more_queries_for_more(manager: Client) -> None:
    assert "Nothing has been imported yet" in manager.get("/ingest/").content.decode()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert manager.get("/ingest/").status_code == 200
        return len(captured)

    batch()
    one = queries()
    batch(BatchState.FAILED)
    batch(BatchState.RUNNING)
    assert queries() == one
    failed = manager.get("/ingest/?state=failed").content.decode()
    assert failed.count("Standard customer file") == 1 + failed.count('value="standard"')
