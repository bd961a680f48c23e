"""What the module registers with the frame, a file a topic."""

from keheng.care.navigation import agenda, contacts, lobby, ownership, quick_log, supervision

__all__ = ["agenda", "contacts", "lobby", "ownership", "quick_log", "supervision"]
