"""The archive as a whole: its fields, its history, the marks beside a customer, what makes it due for review."""
