"""Files that people send by the page: kept in the home folder under names that cannot leave it."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename

from keheng.ingest.profiles import Profile
from keheng.runtime.home import home

_LONGEST_STEM, _LONGEST_ENDING = 60, 10  # characters, so that a Chinese name stays below 255 bytes


def keep(files: "Sequence[UploadedFile[Any]]", profile: Profile) -> Path:
    """Store the files in a folder of their own and return what the profile reads: the file, or the folder."""
    folder = home() / "uploads" / "ingest" / uuid4().hex
    kept = folder / profile.code if profile.reads_folder else folder
    kept.mkdir(parents=True, mode=0o700)
    for file in files:
        with (kept / _safe(file.name or "file")).open("wb") as target:
            for part in file.chunks():
                target.write(part)
    return kept if profile.reads_folder else next(kept.iterdir())


def discard(path: Path) -> None:
    """Remove what ``keep`` has stored; a file from anywhere else is not ours to remove."""
    ours = (home() / "uploads" / "ingest").resolve()
    for folder in (path.resolve(), *path.resolve().parents):
        if folder.parent == ours:
            shutil.rmtree(folder, ignore_errors=True)


def _safe(name: str) -> str:
    plain = Path(get_valid_filename(Path(name).name.lstrip(".") or "file"))
    return plain.stem[:_LONGEST_STEM] + plain.suffix[:_LONGEST_ENDING]
