"""What the result of a contact means, and when its log is complete."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

type Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Part(BaseModel):
    """A part of the rules: it never changes, and knows no words but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(Part):
    """One result: whether it counts as a contact, and whether a next step must follow."""

    code: Code
    name: str = Field(min_length=1, max_length=30)
    counts: bool
    next: bool = False
    active: bool = True


class OutcomeRules(Part):
    """All results that can be chosen."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({outcome.code for outcome in self.outcomes}) < len(self.outcomes):
            raise ValueError("each code once")
        if not any(outcome.counts and outcome.active for outcome in self.outcomes):
            raise ValueError("at least one outcome must count as a contact")
        return self

    def outcome(self, code: str) -> Outcome | None:
        """The result of a code, also one that is chosen no longer."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)


def lacks_next_step(outcome: Outcome, next_step: str, next_on: date | None) -> bool:
    """Tell whether the outcome asks for a next step with its date that nobody gave."""
    return outcome.next and not (next_step.strip() and next_on)


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring characters of a text, each once, without blanks: what a note is found by.

    ``理财 A款`` → ``理财``, ``财a``, ``a款``. A single character is a pair by itself.
    """
    plain = "".join(character for character in text.lower() if character.isalnum())
    return list(dict.fromkeys(plain[at : at + 2] for at in range(max(len(plain) - 1, 1)))) if plain else []
