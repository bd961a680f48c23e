"""What goes wrong with figures that people give."""


class WorkforceError(ValueError):
    """The sentence names the figure, row or field, and what to do."""
