"""Reads of service requests, by topic."""
