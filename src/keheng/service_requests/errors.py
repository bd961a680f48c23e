"""What this module refuses beside invalid input."""


class CatalogueError(ValueError):
    """A catalogue that cannot be: one sentence."""
