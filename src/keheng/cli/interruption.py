"""Ctrl-C, a closed terminal, ``kill``: each unwinds the command by way of every ``finally``, at a point that is safe.

An exception raised just anywhere can leave a library's lock taken for ever, or be swallowed by a library that computes.
So a signal only asks; the next report of progress obeys. A command that reports nothing is broken off a moment later.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any, NoReturn

_GRACE_SECONDS = 1.0
_UNWINDING_SECONDS = 15.0
_ENDED_BY_SIGNAL = 128


class Interrupted(KeyboardInterrupt):
    """A signal has asked this process to end."""


class _Stage(Enum):
    RUNNING = auto()
    ASKED = auto()
    UNWINDING = auto()


class _State:
    stage = _Stage.RUNNING
    number = 0


@contextmanager
def unwinding_on_signals() -> Iterator[None]:
    """For the length of the block, signals that end a process raise :class:`Interrupted`."""
    _State.stage = _Stage.RUNNING
    ours = {signal.SIGINT: _ask, signal.SIGTERM: _ask, signal.SIGHUP: _ask, signal.SIGALRM: _break_off}
    before = {number: signal.signal(number, handler) for number, handler in ours.items()}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def check() -> None:
    """A safe point: end here if a signal has asked for it."""
    if _State.stage is _Stage.ASKED:
        _end()


def asked() -> bool:
    """Tell whether a signal has asked this process to end."""
    return _State.stage is not _Stage.RUNNING


def exit_code() -> int:
    """What the process that was asked to end answers, as shells have it."""
    return _ENDED_BY_SIGNAL + _State.number


def _ask(number: int, _frame: Any) -> None:
    if _State.stage is _Stage.RUNNING:
        _State.stage, _State.number = _Stage.ASKED, number
        signal.setitimer(signal.ITIMER_REAL, _GRACE_SECONDS)
    elif _State.stage is _Stage.ASKED:  # asked twice
        _end()


def _break_off(_number: int, _frame: Any) -> None:
    """No safe point was reached; or, while unwinding, something waits for what will not come."""
    if _State.stage is not _Stage.RUNNING:
        _end()


def _end() -> NoReturn:
    _State.stage = _Stage.UNWINDING
    signal.setitimer(signal.ITIMER_REAL, _UNWINDING_SECONDS)
    raise Interrupted(signal.Signals(_State.number).name)
