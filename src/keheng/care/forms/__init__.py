"""The forms of the module, a file a topic."""
