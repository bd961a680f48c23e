"""Simplified and traditional writing: a name in either finds the name in the other.

Nothing is stored for it: the few ways to write what was typed are looked for, by the index that serves the name itself.
"""

from functools import cache
from itertools import islice, product

MOST = 16
"""So many ways to write a text are looked for; a name has seldom more than four."""

_HAN = range(0x3400, 0xA000)


def simplified(text: str) -> str:
    """The text in simplified characters, each by itself: ``黃雅琴`` → ``黄雅琴``."""
    table = _simplified()
    return "".join(table.get(character, character) for character in text)


def writings(text: str) -> tuple[str, ...]:
    """The ways to write a text, itself first: ``叶`` → ``叶``, ``葉``; at most :data:`MOST`."""
    ways = product(*(alike(character) for character in text))
    return tuple(islice(("".join(way) for way in ways), MOST))


@cache
def _simplified() -> dict[str, str]:
    """Every character whose simplified form is another; each is looked up by itself, for phrases do not make names."""
    from opencc import OpenCC  # slow to load

    characters = [chr(code) for code in _HAN]
    found = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {character: other for character, other in zip(characters, found, strict=True) if character != other}


@cache
def _written() -> dict[str, list[str]]:
    """The other characters that a simplified one stands for: 发 for 發 and 髮."""
    table: dict[str, list[str]] = {}
    for character, other in _simplified().items():
        table.setdefault(other, []).append(character)
    return table


@cache
def alike(character: str) -> tuple[str, ...]:
    """The characters that are one in simplified writing, this one first."""
    plain = _simplified().get(character, character)
    return tuple(dict.fromkeys([character, plain, *_written().get(plain, [])]))
