"""Pages of the archive, by topic."""
