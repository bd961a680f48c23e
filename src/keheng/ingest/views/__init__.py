"""The pages of data intake."""
