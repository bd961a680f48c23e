"""An empty bank to load files into. Loads commit, so these tests clean up by emptying the tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from keheng.ingest import operations
from keheng.ingest.models import Batch
from keheng.org.models import Staff
from keheng.org.operations import load_presets
from keheng.org.queries import system_actor

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
type Loader = Callable[..., Batch]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads and rejects go; the database stays where it is."""
    monkeypatch.setattr("keheng.ingest.operations.home", lambda: tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def actor(transactional_db: None, home: Path) -> Iterator[Staff]:
    load_presets()
    with translation.override("en"):
        yield system_actor()


@pytest.fixture
def load(actor: Staff) -> Loader:
    """Load a file and return its batch."""

    def run(path: Path, profile: str = "standard", *, at: datetime = AT, **options: Any) -> Batch:
        options.setdefault("as_of", date(2026, 11, 20))
        how = {"wait": options.pop("wait")} if "wait" in options else {}
        batch = operations.create(profile=profile, path=path, actor=actor, at=at, **options)
        return operations.load(batch=batch, actor=actor, now=lambda: at, **how)

    return run
