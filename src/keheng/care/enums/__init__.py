"""Words of care, a file a topic."""
