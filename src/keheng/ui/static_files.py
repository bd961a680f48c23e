"""Static files: what the pages take from npm packages, and addresses that may be cached for ever."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage

from keheng.runtime.frontend import SERVED

_PREFIX = "vendor/"


class VendorFinder(BaseFinder):
    """Finds the files of front-end packages that pages use, as ``vendor/<file>``, and no other file of a package."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        self._storage = FileSystemStorage(location=settings.FRONTEND_PACKAGES)
        self._storage.prefix = "vendor"  # type: ignore[attr-defined]  # the convention of staticfiles' finders

    def find(self, path: str, find_all: bool = False, **_kwargs: object) -> Any:
        name = path.removeprefix(_PREFIX)
        if name == path or name not in _offered() or not self._storage.exists(name):
            return []
        found = self._storage.path(name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:  # noqa: ARG002
        for name in _offered():
            if self._storage.exists(name):
                yield name, self._storage


def _offered() -> list[str]:
    """The files and their compressed twins, which whitenoise prefers."""
    return [name for file in SERVED for name in (file, f"{file}.gz")]


class VersionedStaticStorage(StaticFilesStorage):
    """Adds a hash of the content to every address, so that browsers may keep a file until it changes."""

    def url(self, name: str | None) -> str:
        plain = super().url(name)
        mark = (_mark_now if settings.DEBUG else _mark)(name or "")
        return f"{plain}?v={mark}" if mark else plain


def _mark_now(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if isinstance(found, str) else ""


_mark = cache(_mark_now)
