"""Keheng 客衡: tiered customer-service management for banks, brokerages and futures firms."""

__version__ = "0.1.0"
