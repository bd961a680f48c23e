"""Registries of confidentiality and personal information: classified fields, copies, erasure, exports."""
