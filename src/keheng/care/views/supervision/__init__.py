"""Leading people, a file a topic."""
