"""The processes that one command starts and that must not outlive it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

import psutil

from keheng.runtime.errors import SetupError

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a command of our own in a process group of its own, ended by the system when we die, however we die."""
    return subprocess.Popen(
        [sys.executable, "-m", "keheng.cli", *command],
        stdin=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C reaches us alone: we end the others in order
        preexec_fn=end_with_parent,  # noqa: PLW1509 - one thread, and nothing but a system call
    )


def end_with_parent(how: int = signal.SIGTERM) -> None:
    """Ask the system to send us a signal when the process that started us is gone (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, how)


def stop(children: "Sequence[subprocess.Popen[bytes]]", *, patience: float = 15) -> None:
    """End children and all that they started: asked first, and made to after ``patience`` seconds."""
    groups = [child.pid for child in children]
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + patience
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue


def check_port(host: str, port: int) -> None:
    """Make sure that we can listen on the port.

    Raises:
        SetupError: another program has it, or this account may not.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Port {port} on {host} cannot be used: {_holder(port) or error.strerror}.",
                f"Stop that program, or choose another port with --port {port + 1 if port < 65535 else port - 1}.",
            ) from error


def answers(host: str, port: int) -> bool:
    """Tell whether something listens on the port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _holder(port: int) -> str:
    """Say which program listens on the port, where the system lets us see."""
    try:
        for entry in psutil.net_connections("tcp"):
            if entry.status == psutil.CONN_LISTEN and entry.laddr and entry.laddr.port == port and entry.pid:
                return f"{psutil.Process(entry.pid).name()} (process {entry.pid}) listens on it"
    except psutil.Error:
        return ""
    return ""
