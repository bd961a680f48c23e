"""Children end with the command that started them; ports are checked before anything is started."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from keheng.runtime import children
from keheng.runtime.errors import SetupError


def test_a_taken_port_is_named_with_its_holder() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError, match=rf"Port {port} .*\(process {os.getpid()}\) listens on it"):
            children.check_port("127.0.0.1", port)
        assert children.answers("127.0.0.1", port)
    children.check_port("127.0.0.1", port)
    assert not children.answers("127.0.0.1", port)


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(SetupError, match="cannot be used"):
        children.check_port("203.0.113.1", 8000)


def test_stop_ends_a_child_that_does_not_listen_and_what_it_started() -> None:
    program = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, process_group=0) as child:
        assert child.stdout
        grandchild = psutil.Process(int(child.stdout.readline()))
        children.stop([child], patience=0.5)
        assert child.returncode == -signal.SIGKILL
        psutil.wait_procs([grandchild], timeout=5)
        assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children with their parent; elsewhere nothing does")
def test_a_child_ends_when_its_parent_is_killed() -> None:
    program = (
        "import subprocess, sys, time; from keheng.runtime.children import end_with_parent;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " preexec_fn=end_with_parent).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
