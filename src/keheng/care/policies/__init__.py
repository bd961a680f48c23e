"""Pure rules of care, a file a topic: no Django, no clock, no I/O."""
