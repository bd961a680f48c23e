"""Recordings of talks."""

from keheng.files.enums import FileKind


def kind_of(content: bytes) -> FileKind | None:
    """The kind of recording by the first bytes, or none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return FileKind.WAV
    if content.startswith(b"ID3") or _is_mpeg_frame(content[:4]):
        return FileKind.MP3
    return None


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven set bits, layer III, a possible bit rate and sample rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[2] >> 4 not in {0x0, 0xF} and head[2] & 0x0C != 0x0C
