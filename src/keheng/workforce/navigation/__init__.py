"""What the module registers with the frame, a file a topic."""
