"""Profiles: what a file's columns mean. YAML, checked by ``model``, found by ``library``."""

from keheng.ingest.profiles.library import all_profiles, find_profile
from keheng.ingest.profiles.model import Column, Profile
from keheng.ingest.profiles.targets import TARGETS, Target

__all__ = ["TARGETS", "Column", "Profile", "Target", "all_profiles", "find_profile"]
