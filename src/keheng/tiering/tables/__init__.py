"""The lists of the module, a file a topic."""
