"""The pages of tiering."""
