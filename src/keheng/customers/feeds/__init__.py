"""Customers written in bulk by feeds: whose turn it is, what becomes of rows, what people's values withstand."""
