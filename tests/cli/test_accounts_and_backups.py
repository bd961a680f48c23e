"""``keheng user``, ``backup`` and ``restore``."""

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.cli.commands import Command, sentence


def test_accounts_of_a_real_installation(demo: Command) -> None:
    done = demo.run("user", "add", "boss", "--role", "administrator", user_input="张三\n")
    assert done.returncode == 0, done.stderr
    first = re.search(r"boss may sign in with the temporary password (\S{14})", done.stdout)
    assert first
    assert "already exists" in sentence(demo.run("user", "add", "boss", "--name", "李四", "--role", "teller"))
    assert "There is no role king. Known are: administrator," in sentence(
        demo.run("user", "add", "other", "--name", "李四", "--role", "king")
    )
    again = demo.run("user", "password", "boss")
    assert again.returncode == 0, again.stderr
    assert first[1] not in again.stdout
    assert "There is no account ghost" in sentence(demo.run("user", "password", "ghost"))


def test_a_backup_comes_back_whole(demo: Command, keheng: Command, tmp_path: Path) -> None:
    kept = tmp_path / "kept.dump"
    done = demo.run("backup", str(kept))
    assert done.returncode == 0, done.stderr
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "Keep the key ring" in done.stdout
    assert "is there already" in sentence(demo.run("backup", str(kept)))
    assert "There is no folder" in sentence(demo.run("backup", str(tmp_path / "none" / "kept.dump")))

    done = keheng.run("restore", str(kept))
    assert done.returncode == 0, done.stderr
    checks = {check["check"]: check for check in json.loads(keheng.run("doctor", "--json").stdout)["checks"]}
    assert checks["Encrypted values"]["state"] == "fail", "the key ring was not brought along"
    shutil.copy2(demo.home / "keys.json", keheng.home / "keys.json")
    assert json.loads(keheng.run("doctor", "--json").stdout)["ok"] is True


def test_half_a_backup_changes_nothing(demo: Command, tmp_path: Path) -> None:
    kept, half = tmp_path / "kept.dump", tmp_path / "half.dump"
    assert demo.run("backup", str(kept)).returncode == 0
    half.write_bytes(kept.read_bytes()[: kept.stat().st_size // 3])
    assert "is not empty" in sentence(demo.run("restore", str(half)))
    assert "pg_restore failed" in sentence(demo.run("restore", "--replace", str(half)))
    assert "There is no file" in sentence(demo.run("restore", str(tmp_path / "none")))
    assert demo.run("doctor", "--json").returncode == 0


@pytest.mark.parametrize("command", [[], ["--help"], ["demo", "--help"], ["doctor", "--help"], ["user", "--help"]])
def test_help_needs_no_database(tmp_path: Path, command: list[str]) -> None:
    done = Command(tmp_path / "home").run(*command)
    assert "Usage:" in done.stdout + done.stderr
    assert not (tmp_path / "home").exists()


def test_nothing_to_work_on_is_one_sentence(keheng: Command) -> None:
    assert sentence(keheng.run("user", "password", "x")) == (
        "The tables of the database are behind the programs. Run `keheng migrate`."
    )
