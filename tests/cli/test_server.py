"""A real server in place of the embedded one: ``DATABASE_URL``."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.cli.commands import FEW, Command, sentence

from keheng.runtime import database, postgres
from keheng.runtime.errors import SetupError


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address without password and database name, of a server where ``bank`` may own databases."""
    monkeypatch.setenv("KEHENG_HOME", str(home.parent / "server"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with postgres.running() as here:
        with psycopg.connect(here.url, autocommit=True) as connection:
            connection.execute("create role bank login")
            connection.execute("create database bank owner bank")
        yield f"postgresql://bank@/{{}}?host={here.socket_dir}"
    postgres.remove()


def test_demo_on_a_real_server_as_an_ordinary_role(server: str, home: Path) -> None:
    command = Command(home, DATABASE_URL=server.format("bank"))
    done = command.run("demo", "--no-serve", *FEW)
    assert done.returncode == 0, done.stderr
    assert not (home / "postgres").exists()
    done = command.run("demo", "--no-serve", "--fresh", *FEW)
    assert done.returncode == 0, done.stderr
    assert "Deleting the demo's database" in done.stderr
    kept = home.parent / "kept.dump"
    assert command.run("backup", str(kept)).returncode == 0
    done = command.run("restore", "--replace", str(kept))
    assert done.returncode == 0, done.stderr


def test_a_database_of_somebody_else_is_left_alone(server: str, home: Path) -> None:
    address = server.format("bank")
    with psycopg.connect(address) as connection:
        connection.execute("create table ledger (amount numeric)")
    command = Command(home, DATABASE_URL=address)
    assert "not the demo's" in sentence(command.run("demo", "--no-serve"))
    assert "holds other data" in sentence(command.run("demo", "--no-serve", "--fresh"))
    with psycopg.connect(address) as connection:
        connection.execute("select amount from ledger")


def test_a_server_that_is_not_there_or_lacks_the_database(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Command(home, DATABASE_URL=server.format("absent"))
    assert 'database "absent" does not exist' in sentence(command.run("migrate"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://bank@127.0.0.1:1/bank")
    with pytest.raises(SetupError, match=r"does not answer: .*refused\. Check DATABASE_URL"):
        database.check_server()


def test_an_old_server_is_named(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", server.format("bank"))
    assert database.check_server() >= 150_000
    monkeypatch.setattr(database, "OLDEST_SERVER", 99)
    with pytest.raises(SetupError, match="is PostgreSQL 18; Keheng needs 99 or newer"):
        database.check_server()


@pytest.mark.parametrize("address", ["mysql://x/y", "postgresql://host", "nonsense"])
def test_an_address_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SetupError, match="does not name a PostgreSQL database"):
        database.connection_settings()


def test_what_an_address_may_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://b%40nk:p%2Fw@db.example:6432/ke%20heng?sslmode=require&host=/run/pg")
    settings = database.connection_settings()
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("b@nk", "p/w", "ke heng")
    assert (settings["HOST"], settings["PORT"], settings["OPTIONS"]["sslmode"]) == ("/run/pg", "6432", "require")
