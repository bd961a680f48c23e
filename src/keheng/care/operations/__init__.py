"""Writes of care, a file a topic."""
