"""The virus scanner of the institution: any command that reads a file from standard input."""

import subprocess

from django.conf import settings

from keheng.files.refusals import Reason, RefusedFile

_SECONDS = 60
_CLEAN, _FOUND = 0, 1


def scan(content: bytes) -> None:
    """Let the command of ``FILES_SCANNER`` look at the content; without one nothing happens.

    Raises:
        RefusedFile: it has found something, or it did not do its work: an unexamined file is not taken in.
    """
    command: list[str] = settings.FILES_SCANNER
    if not command:
        return
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise RefusedFile(Reason.NOT_SCANNED) from error
    if done.returncode == _FOUND:
        raise RefusedFile(Reason.FOUND)
    if done.returncode != _CLEAN:
        raise RefusedFile(Reason.NOT_SCANNED)
