"""Letters from templates, and the remedies that a reply must name (the regulation of 2020). Pure: words in and out."""

import re
from collections.abc import Collection, Mapping

from keheng.complaints.enums import Remedy

FIELDS = ("name", "number", "received", "statement", "finding", "outcome", "compensation", "remedies", "branch", "date")
"""What a template may speak of, in braces."""

WORDS: Mapping[Remedy, tuple[str, ...]] = {
    Remedy.REVIEW: ("核查", "复核"),
    Remedy.MEDIATION: ("调解",),
    Remedy.ARBITRATION: ("仲裁",),
    Remedy.SUIT: ("诉讼", "人民法院"),
}
"""By which words a letter is seen to name a remedy."""

_FIELD = re.compile(r"\{([a-z_]*)\}")


def unknown_fields(text: str) -> list[str]:
    """The fields of a template that nothing is known of."""
    return sorted({name for name in _FIELD.findall(text) if name not in FIELDS})


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with its fields filled in; what a value says is never taken for a field itself."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def missing_remedies(text: str, required: Collection[Remedy] = tuple(Remedy)) -> list[Remedy]:
    """The remedies that a letter does not name."""
    return [remedy for remedy in required if not any(word in text for word in WORDS[remedy])]
