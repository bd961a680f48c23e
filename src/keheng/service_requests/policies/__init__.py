"""The rules of service requests, pure: catalogue, clocks, states, penalties."""
