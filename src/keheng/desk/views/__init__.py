"""The views of the desk, one file a page."""
