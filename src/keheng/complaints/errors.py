"""What this module refuses beside invalid input."""


class RulesError(ValueError):
    """Rules of complaints that cannot be: one sentence."""
