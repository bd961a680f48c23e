"""The tables of the module, a file a topic."""
