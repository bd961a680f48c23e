"""Metrics from transactions: what each is (``catalogue``), how a month is made of movements (``monthly``)."""
