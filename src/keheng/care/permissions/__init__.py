"""Who may: the rights of the module, a file a topic."""
