"""The charts, a file a topic."""
