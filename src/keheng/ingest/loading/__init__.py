"""From an opened file to a committed batch."""
