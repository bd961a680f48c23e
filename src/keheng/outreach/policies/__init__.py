"""What follows from what: pure functions."""
