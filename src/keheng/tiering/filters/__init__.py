"""The filters of the lists, a file a topic. The tiers to choose from are those of the scheme that the address names."""
