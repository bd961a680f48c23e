"""Every word of every page has its Chinese; catalogues hold nothing old and nothing doubtful."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils.translation import gettext, override, pgettext

from keheng.ui import translations
from keheng.ui.translations import LOCALE, collect, modules, read_catalogue

CATALOGUE = f"locale/{LOCALE}/LC_MESSAGES/django.po"


def entries(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {
        (message.context, message.id[0] if isinstance(message.id, tuple) else message.id): message
        for message in catalogue
        if message.id
    }


def is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_word_has_its_chinese(module: Path) -> None:
    used = entries(collect(module))
    path = module / CATALOGUE
    kept = entries(read_catalogue(path)) if path.exists() else {}

    missing = sorted(key[1] for key in used if not is_translated(kept.get(key)))
    stale = sorted(key[1] for key in kept if key not in used)
    assert not missing, f"{len(missing)} words without Chinese in {path}:\n" + "\n".join(missing)
    assert not stale, f"{len(stale)} words no longer used in {path} (run `just messages`):\n" + "\n".join(stale)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_placeholders_survive_translation(module: Path) -> None:
    path = module / CATALOGUE
    if path.exists():
        problems = [(message.id, [str(error) for error in errors]) for message, errors in read_catalogue(path).check()]
        assert problems == []


def test_one_word_has_one_chinese_in_the_whole_product() -> None:
    """Django merges all catalogues into one: two modules that differ would win or lose by their order."""
    found: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for module in modules():
        path = module / CATALOGUE
        if path.exists():
            for key, message in entries(read_catalogue(path)).items():
                if is_translated(message):
                    found[key].add(str(message.string))
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}


def test_no_word_of_a_library_stands_before_ours() -> None:
    """Django and allauth have Chinese of their own for many a short word."""
    lost = []
    with override(translations.LOCALE.replace("_", "-").lower()):
        for module in modules():
            path = module / CATALOGUE
            for (context, word), message in entries(read_catalogue(path)).items() if path.exists() else ():
                said = pgettext(context, word) if context else gettext(word)
                if isinstance(message.string, str) and said != message.string:
                    lost.append((module.name, word, message.string, said))
    assert lost == []


def test_words_are_marked_by_names_that_the_tool_collects() -> None:
    """A name of one's own for ``gettext`` would leave its words in English, and nobody would be told."""
    alias = re.compile(r"\b\w*gettext\w* as (\w+)")
    own = {
        f"{path.relative_to(module)}: {name}"
        for module in modules()
        for path in module.rglob("*.py")
        for name in alias.findall(path.read_text(encoding="utf-8"))
        if name not in translations.KEYWORDS
    }
    assert own == set()


# -- the tool itself ---------------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module that has words in Python and in a template."""
    module = tmp_path / "shop"
    (module / "templates").mkdir(parents=True)
    (module / "apps.py").write_text("")
    (module / "words.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        'a = _("Sell %(n)s")\n'
        'b = ngettext("%(n)d item", "%(n)d items", 2)\n'
        'c = pgettext("verb", "Order")\n'
    )
    (module / "templates" / "page.html").write_text(
        '{% load i18n %}\n  <p title="{% translate "Buy" %}">\n{% if x %}\n    {% blocktranslate with n=x %}'
        'Pay {{ n }} now{% endblocktranslate %}{% endif %}{{ y|default:_("Nothing") }} isn\'t "it"\n{# (unclosed #}\n'
    )
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    return tmp_path


def test_words_are_collected_from_python_and_templates(package: Path) -> None:
    (module,) = modules()
    assert {(message.context, message.id) for message in collect(module) if message.id} == {
        (None, "Sell %(n)s"),
        (None, ("%(n)d item", "%(n)d items")),
        ("verb", "Order"),
        (None, "Buy"),
        (None, "Pay %(n)s now"),
        (None, "Nothing"),
    }


def test_updating_keeps_what_is_translated_and_drops_what_is_gone(package: Path) -> None:
    module = package / "shop"
    translations.update(module)
    path = module / CATALOGUE
    path.write_text(path.read_text().replace('msgid "Buy"\nmsgstr ""', 'msgid "Buy"\nmsgstr "买入"'))
    (module / "words.py").write_text("")
    translations.update(module)

    kept = {message.id: message.string for message in read_catalogue(path) if message.id}
    assert kept == {"Buy": "买入", "Pay %(n)s now": "", "Nothing": ""}
    once = path.read_text()
    translations.update(module)
    assert path.read_text() == once


def test_only_changed_catalogues_are_compiled(package: Path) -> None:
    translations.update(package / "shop")
    source = package / "shop" / CATALOGUE
    target = source.with_suffix(".mo")
    translations.compile_stale()
    first = target.stat()

    translations.compile_stale()
    assert target.stat().st_ino == first.st_ino

    os.utime(source, ns=(first.st_mtime_ns - 1, first.st_mtime_ns - 1))
    translations.compile_stale()
    assert target.stat().st_ino != first.st_ino


def test_a_folder_that_cannot_be_written_is_told_in_the_log(
    package: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    translations.update(package / "shop")

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    translations.compile_stale()
    assert "could not be compiled (Permission denied)" in caplog.text


def test_words_are_compiled_before_any_is_asked_for() -> None:
    """Else the first start of a fresh installation would speak English."""
    program = """
import django
from django.utils.translation import trans_real
from keheng.ui import translations

order = []
translations.compile_stale = lambda: order.append("compiled")
activate = trans_real.translation
trans_real.translation = lambda language: (order.append("asked"), activate(language))[1]
django.setup()
print(order[0])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["compiled"]
