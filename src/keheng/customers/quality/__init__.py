"""Registries of data quality: what completeness weighs, how two archives become one."""
