"""Reads of care, a file a topic."""
