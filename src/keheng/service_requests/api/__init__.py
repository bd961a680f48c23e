"""The HTTP API of the module, a file a topic."""
