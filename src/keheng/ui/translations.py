"""The words of pages: collected from the sources into each module's ``django.po``, compiled beside it at start.

Pure Python (Babel and Django's own template reader), so that no GNU gettext is needed. ``.mo`` files are not kept in
the repository: :func:`compile_stale` makes them anew whenever the ``.po`` beside them changes.

    python -m keheng.ui.translations      # collect the words anew, keeping what is translated
"""

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import trans_real

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
_CATALOGUE = f"locale/{LOCALE}/LC_MESSAGES/django.po"
_HEADER = f"""\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: {LOCALE}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
log = logging.getLogger(__name__)


def modules() -> list[Path]:
    """The folders of the modules that may hold words: those that are Django apps."""
    return sorted(path.parent for path in PACKAGE.glob("*/apps.py"))


def compile_stale() -> None:
    """Compile every ``.po`` whose ``.mo`` is missing or was made of another state of it, each in one step.

    A ``.mo`` bears the time of the ``.po`` it was made of, so that an edit in the middle of compiling is not missed.
    """
    for source in PACKAGE.glob(f"*/{_CATALOGUE}"):
        target = source.with_suffix(".mo")
        made_of = source.stat().st_mtime_ns
        if target.exists() and target.stat().st_mtime_ns == made_of:
            continue
        partial = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with partial.open("wb") as file:
                write_mo(file, read_catalogue(source))
            os.utime(partial, ns=(made_of, made_of))
            partial.replace(target)
        except OSError as error:
            log.warning("%s could not be compiled (%s): pages show its words in English.", source, error.strerror)


@cache
def join_catalogues() -> None:
    """Let a word be looked up once, not once a module: what forms its plural alike is joined, in the same precedence.

    Django means to, but compares a function with its code, so that each module's words stay apart; a page of a list
    asks for some thousand words.
    """
    for language, _name in settings.LANGUAGES:
        words: Any = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
        joined: list[tuple[dict[Any, str], Callable[[int], int]]] = []
        for found, plural in zip(words._catalogs, words._plurals, strict=True):
            if joined and joined[-1][1].__code__ == plural.__code__:
                joined[-1] = {**found, **joined[-1][0]}, plural
            else:
                joined.append((found, plural))
        words._catalogs, words._plurals = [one for one, _plural in joined], [plural for _one, plural in joined]


def read_catalogue(path: Path) -> Catalog:
    """Read a ``.po`` file."""
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def collect(module: Path) -> Catalog:
    """All words that the Python files and templates of a module mark for translation."""
    found = Catalog(locale=LOCALE)
    for path in sorted([*module.rglob("*.py"), *module.rglob("*.html"), *module.rglob("*.txt")]):
        where = path.relative_to(PACKAGE).as_posix()
        for _line, words, _comments, context in _words_of(path):
            found.add(words, locations=[(where, 0)], context=context)
    return found


def update(module: Path) -> Catalog | None:
    """Bring a module's catalogue up to its sources: new words come in empty, words no longer used go out."""
    words = collect(module)
    path = module / _CATALOGUE
    if not len(words):
        return None
    catalogue = read_catalogue(path) if path.exists() else Catalog(locale=LOCALE)
    catalogue.update(words, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False)
    path.write_text(_HEADER + body.getvalue().decode().rstrip("\n") + "\n")
    return catalogue


def _words_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    if path.suffix == ".py":
        source = path.read_bytes()
    else:
        from django.utils.translation.template import templatize

        # In brackets the reader of Python minds neither indentation nor line ends.
        source = f"(\n{templatize(path.read_text(), path.name)}\n)".encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        yield from extract("python", BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"})


def _main() -> None:
    for module in modules():
        catalogue = update(module)
        if catalogue is not None:
            missing = sum(1 for message in catalogue if message.id and not message.string)
            print(f"{module.name}: {len(catalogue)} entries, {missing} to translate")  # noqa: T201


if __name__ == "__main__":
    _main()
