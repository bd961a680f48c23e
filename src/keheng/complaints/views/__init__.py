"""The pages of complaints, by topic."""
