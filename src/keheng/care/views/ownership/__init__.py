"""The pages of ownership, a file a topic."""
