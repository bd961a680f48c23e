"""The filters of the lists, a file a topic."""
