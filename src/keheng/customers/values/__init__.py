"""Numbers, phones and addresses as values: examined, masked, found by blind index."""
