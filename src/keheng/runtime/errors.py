"""The one exception for a setup that cannot work: it carries the sentence a person reads and the way out."""


class SetupError(Exception):
    """A setup that cannot work, said in one sentence, with the remedy in another."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class BrokenDatabase(SetupError):
    """The embedded database is there but cannot be used as it is."""
