"""A mail server for tests: the part of IMAP that polling uses, in a thread of its own."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer:
    """Messages by their numbers; ``validity`` changes when the folder is made anew."""

    def __init__(self) -> None:
        self.messages: dict[int, bytes] = {}
        self.validity = 7
        self.password = "geheim"
        self.fetched: list[str] = []
        self.port = 0

    def deliver(self, raw: bytes) -> int:
        number = max(self.messages, default=0) + 1
        self.messages[number] = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return number

    def answer(self, tag: str, command: str, arguments: str) -> list[bytes]:
        lines: list[bytes] = []
        if command == "CAPABILITY":
            lines.append(b"* CAPABILITY IMAP4rev1")
        elif command == "LOGIN" and self.password not in arguments:
            return [f"{tag} NO wrong".encode()]
        elif command in ("SELECT", "EXAMINE"):
            lines += [f"* {len(self.messages)} EXISTS".encode(), f"* OK [UIDVALIDITY {self.validity}] ok".encode()]
        elif command == "UID" and arguments.upper().startswith("SEARCH"):
            first = int((re.search(r"(\d+):\*", arguments) or [0, "1"])[1])
            found = [number for number in self.messages if number >= first]
            found = found or sorted(self.messages)[-1:]  # "*" is the last message, also one below the range
            lines.append(b"* SEARCH " + b" ".join(str(number).encode() for number in found))
        elif command == "UID" and arguments.upper().startswith("FETCH"):
            lines += self._fetch(arguments)
        elif command == "LOGOUT":
            lines.append(b"* BYE")
        return [*lines, f"{tag} OK done".encode()]

    def _fetch(self, arguments: str) -> Iterator[bytes]:
        _word, numbers, what = arguments.split(" ", 2)
        self.fetched.append(what)
        wanted: set[int] = set()
        for part in numbers.split(","):
            first, _colon, last = part.partition(":")
            wanted.update(range(int(first), int(last or first) + 1))
        for place, number in enumerate(sorted(self.messages), start=1):
            if number not in wanted:
                continue
            raw = self.messages[number]
            if "SIZE" in what:
                yield f"* {place} FETCH (UID {number} RFC822.SIZE {len(raw)})".encode()
                continue
            head = "HEADER" in what
            part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head else raw
            name = "BODY[HEADER]" if head else "BODY[]"
            yield f"* {place} FETCH (UID {number} {name} {{{len(part)}}}\r\n".encode() + part + b")"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """The server, listening on a port of this machine."""
    state = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _gap, rest = line.decode().strip().partition(" ")
                command, _gap, arguments = rest.partition(" ")
                for reply in state.answer(tag, command.upper(), arguments):
                    self.wfile.write(reply + b"\r\n")
                if command.upper() == "LOGOUT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    with Server(("127.0.0.1", 0), Talk) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
