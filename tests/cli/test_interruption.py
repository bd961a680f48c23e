"""Signals end a command at a safe point, else a moment later, and never leave it waiting for ever."""

import signal
import subprocess
import sys
import textwrap
import time

import pytest

HEAD = """
    import time, threading
    from keheng.cli import interruption
    interruption._GRACE_SECONDS, interruption._UNWINDING_SECONDS = 0.5, 1.0
    def ready(): print("ready", flush=True)
"""
CASES = {
    "a safe point": (
        """
        with interruption.unwinding_on_signals():
            ready()
            while True:
                interruption.check()
                time.sleep(0.01)
        """,
        0.4,
    ),
    "no safe point": (
        """
        with interruption.unwinding_on_signals():
            ready()
            time.sleep(60)
        """,
        1.5,
    ),
    "swallowed by a library": (
        """
        with interruption.unwinding_on_signals():
            ready()
            while True:
                try:
                    time.sleep(0.05)
                except BaseException:
                    pass
                interruption.check()
        """,
        0.5,
    ),
    "an unwinding that waits for what will not come": (
        """
        lock = threading.Lock()
        lock.acquire()
        with interruption.unwinding_on_signals():
            try:
                ready()
                time.sleep(60)
            finally:
                lock.acquire()
        """,
        2.5,
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends(case: str, number: signal.Signals) -> None:
    body, patience = CASES[case]
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HEAD) + textwrap.dedent(body)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        process.send_signal(number)
        process.wait(20)
        assert time.monotonic() - began < patience + 5
        assert f"Interrupted: {number.name}" in process.stderr.read()


def test_twice_does_not_wait() -> None:
    body = CASES["no safe point"][0].replace("time.sleep(60)", "[time.sleep(0.2) for _ in range(300)]")
    program = textwrap.dedent(HEAD).replace("= 0.5, 1.0", "= 30.0, 1.0") + textwrap.dedent(body)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.wait(5)


def test_what_handled_signals_before_does_so_again() -> None:
    from keheng.cli import interruption

    before = signal.getsignal(signal.SIGINT)
    with interruption.unwinding_on_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
