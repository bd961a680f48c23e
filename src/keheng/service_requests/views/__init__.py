"""The pages of service requests."""
