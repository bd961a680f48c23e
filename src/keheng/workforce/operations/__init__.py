"""Writes of the module, a file a topic."""
