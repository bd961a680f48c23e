"""Writes to service requests, by topic."""

from keheng.service_requests.operations.catalogue import load_presets

__all__ = ["load_presets"]
