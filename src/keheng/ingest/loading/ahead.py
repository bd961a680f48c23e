"""Work done ahead in another thread: while one chunk is written, the next is read and checked."""

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

_DEPTH = 1  # chunks waiting; bounds memory
# Seconds after which the maker lets the reader go on. The reader feeds the server in thousands of short moments; with
# the usual 5 ms before each of them the server would wait half of its time.
_TURN = 0.0005


@contextmanager
def ahead[T](items: Iterator[T]) -> Iterator[Iterator[T]]:
    """Yield the same items, made in a thread of their own; leaving the block ends it.

    An exception of the maker is raised where its item would have come. The maker must not touch the database.
    """
    waiting: queue.Queue[tuple[T | None, BaseException | None, bool]] = queue.Queue(_DEPTH)
    stop = threading.Event()

    def put(entry: tuple[T | None, BaseException | None, bool]) -> bool:
        while not stop.is_set():
            try:
                waiting.put(entry, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            with translation.override(language):
                for item in items:
                    if not put((item, None, False)):
                        return
        except BaseException as error:  # handed over to the reader
            put((None, error, True))
        else:
            put((None, None, True))

    def take() -> Iterator[T]:
        while True:
            item, error, last = waiting.get()
            if error is not None:
                raise error
            if last:
                return
            yield item  # type: ignore[misc]

    language = translation.get_language()  # each thread has its own
    maker = threading.Thread(target=make, name="ingest-ahead", daemon=True)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    maker.start()
    try:
        yield take()
    finally:
        sys.setswitchinterval(usual)
        stop.set()
        maker.join()
