"""What care does when modules below have news, a file a topic."""

from keheng.care.receivers import ownership

__all__ = ["ownership"]
