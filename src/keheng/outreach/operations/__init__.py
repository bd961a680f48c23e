"""Writes, a file a topic."""
