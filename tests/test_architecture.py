"""What ARCHITECTURE.md promises and import-linter cannot see."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command

PACKAGE = Path(__file__).parents[1] / "src" / "keheng"
MODULES = sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
POLICIES = sorted([*PACKAGE.glob("*/policies.py"), *PACKAGE.glob("*/policies/*.py")])
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
ENTRY_POINTS = {
    "view",
    "views",
    "tasks",
    "cli",
    "clock",
    "middleware",
    "sign_in",
    "receivers",
    "context",
    "templatetags",
    "api",
}
CLOCKS = {"now", "today", "utcnow"}


def imported_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_policies_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    impure = {
        name for name in imported_names(tree) if name.split(".")[0] in {"django", "pathlib", "os", "time", "psycopg"}
    }
    # Words shown to people come from enums and gettext_lazy, which neither read nor write anything.
    assert impure <= {"django.utils.translation"}
    clock_reads = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert clock_reads == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "the content policy refuses style attributes"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "the content policy refuses inline handlers"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), "scripts are files of their own"
    assert not re.search(r"https?://(?!www\.w3\.org)", text), "no page leaves the institution's network"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_module_tells_its_purpose(module: Path) -> None:
    readme = module / "README.md"
    assert readme.exists()
    assert len(readme.read_text().splitlines()) <= 80, "a module README is one screen"


def clock_readings(tree: ast.Module) -> set[str]:
    """The ways to the present that a file takes: ``now`` or ``today`` imported by name, or asked of ``clock``."""
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "keheng.common.clock"
        for alias in node.names
    }
    taken |= {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "clock"
    }
    return taken & {"now", "today"}


def test_only_entry_points_ask_the_clock() -> None:
    readers = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if not set(path.relative_to(PACKAGE).with_suffix("").parts) & ENTRY_POINTS
        and clock_readings(ast.parse(path.read_text()))
    ]
    assert readers == []


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
