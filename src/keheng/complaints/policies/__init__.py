"""The rules of complaints, pure: flow, rules as data, conflicts of interest, learning."""
