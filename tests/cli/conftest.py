"""A demo that is built once, and homes that are not."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import FEW, Command, started

from keheng.runtime import frontend


def new_home() -> Iterator[Path]:
    """A home folder in an open folder, with the front-end packages if this machine has them already."""
    folder = Path(tempfile.mkdtemp(prefix="keheng-cli-", dir="/tmp"))
    folder.chmod(0o755)
    home = folder / "home"
    home.mkdir()
    if frontend.packages_ready():
        (home / "frontend").mkdir()
        (home / "frontend" / "node_modules").symlink_to(frontend.packages_folder())
    yield home
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """A test that fails leaves nothing running that would make the next one fail."""
    yield
    while started:
        running = started.pop()
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


@pytest.fixture
def home() -> Iterator[Path]:
    yield from new_home()


@pytest.fixture
def keheng(home: Path) -> Iterator[Command]:
    """``keheng`` in a fresh home; nothing may be running at the end."""
    command = Command(home)
    yield command
    command.wait_until_nothing_is_left()


@pytest.fixture(scope="session")
def demo() -> Iterator[Command]:
    """``keheng`` in a home where the demo bank is built; ``first`` is what the first start said."""
    for home in new_home():
        command = Command(home)
        command.first = command.run("demo", "--no-serve", *FEW)
        yield command
        command.wait_until_nothing_is_left()
