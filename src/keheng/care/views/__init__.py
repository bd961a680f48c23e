"""The pages of the module, a file a topic."""
