"""Running the real command, and looking at what it leaves behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

started: "list[Running]" = []
FEW = ("--customers", "40")
PATIENCE = 240


class Command:
    """``keheng`` in a home folder of its own."""

    first: "subprocess.CompletedProcess[str]"

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = {**clean, "KEHENG_HOME": str(home), "COLUMNS": "200", **environment}

    def run(self, *arguments: str, user_input: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "keheng.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            input=user_input,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *arguments: str) -> "Running":
        log = self.home.parent / f"{time.monotonic_ns()}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-m", "keheng.cli", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(Running(process, log))
        return started[-1]

    def left_behind(self) -> list[str]:
        """Every process that still works with the home folder: by its environment, or because it is its server."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("KEHENG_HOME") == str(self.home)
                if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE and ours:
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    def wait_until_nothing_is_left(self, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while self.left_behind() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.left_behind() == []


class Running:
    """A command that goes on until it is stopped."""

    def __init__(self, process: "subprocess.Popen[Any]", log: Path) -> None:
        self.process, self._log = process, log

    @property
    def said(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str) -> "re.Match[str]":
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if match := re.search(words, self.said):
                return match
            assert self.process.poll() is None, f"ended early:\n{self.said}"
            time.sleep(0.02)
        raise AssertionError(f"never said {words!r}:\n{self.said}")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # faulthandler writes where every thread stands
            self.process.wait()
            raise AssertionError(f"did not end after {number!r}:\n{self.said}") from None


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of complaint; fails on a traceback or when all went well."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1]
