"""Fetching the browser packages, with a stand-in for npm."""

import gzip
import re
from pathlib import Path

import pytest

from keheng.runtime import frontend
from keheng.runtime.errors import SetupError
from keheng.runtime.frontend import SERVED, ensure_packages, packages_folder, packages_ready

NPM = """#!/bin/sh
echo "$@" >> "$KEHENG_HOME/calls"
for file in {files}; do mkdir -p "node_modules/$(dirname "$file")" && echo "of $file" > "node_modules/$file"; done
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder and a folder of programs of our own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("KEHENG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def install(programs: Path, script: str) -> None:
    npm = programs / "npm"
    npm.write_text(script)
    npm.chmod(0o755)


def test_packages_are_installed_once_and_again_when_the_lock_file_changes(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, NPM.format(files=" ".join(SERVED)))
    told: list[str] = []
    assert not packages_ready()
    assert ensure_packages(told.append) == packages_folder() == tmp_path / "home" / "frontend" / "node_modules"
    ensure_packages(told.append)
    calls = tmp_path / "home" / "calls"
    assert calls.read_text().splitlines() == ["ci --ignore-scripts --no-audit --no-fund --loglevel=error"]
    assert told == ["Installing front-end packages"]
    script = packages_folder() / "htmx.org/dist/htmx.min.js"
    assert gzip.decompress(script.with_name("htmx.min.js.gz").read_bytes()) == script.read_bytes()

    other = tmp_path / "other"
    other.mkdir()
    for name in ("package.json", "package-lock.json"):
        (other / name).write_text("{}")
    monkeypatch.setattr(frontend, "_SOURCE", other)
    assert not packages_ready()
    ensure_packages()
    assert len(calls.read_text().splitlines()) == 2


def test_a_failing_npm_is_told_in_one_sentence(programs: Path) -> None:
    install(
        programs,
        '#!/bin/sh\necho "npm error code ENOTFOUND" >&2\necho "npm error network request failed" >&2\nexit 1\n',
    )
    with pytest.raises(SetupError) as raised:
        ensure_packages()
    assert raised.value.problem == "npm could not fetch the front-end packages: network request failed."
    assert "network" in raised.value.remedy
    assert not packages_ready()


def test_the_npm_of_the_wheel_serves_where_there_is_no_other(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    command, environment = frontend._npm()
    assert [Path(part).name for part in command] == ["node", "npm-cli.js"]
    assert all(Path(part).exists() for part in command)
    assert environment["PATH"].startswith(str(Path(command[0]).parent))


def test_the_lock_file_names_no_registry_and_every_file_has_its_sum() -> None:
    lock = (frontend._SOURCE / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert len(re.findall(r'"node_modules/[^"]+": {', lock)) == lock.count('"integrity": "sha512-')
