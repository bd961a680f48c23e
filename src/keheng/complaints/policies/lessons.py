"""What a lesson may not say. Pure."""

from collections.abc import Collection


def named_in(text: str, names: Collection[str]) -> list[str]:
    """The names that stand in a text, longest first; single characters are no names."""
    return sorted({name for name in names if len(name) > 1 and name in text}, key=lambda name: (-len(name), name))
