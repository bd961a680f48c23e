"""Writes to service requests, by topic."""

from keheng.service_requests.operations.catalogue import change_business, load_presets

__all__ = ["change_business", "load_presets"]
