"""Pages, a file a topic."""
