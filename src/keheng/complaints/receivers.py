"""What complaints do on news of the modules below."""
