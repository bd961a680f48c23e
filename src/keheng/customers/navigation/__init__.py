"""What the module registers with the frame, a file a topic."""

from keheng.customers.navigation import archive, dossier, papers, potentials, privacy, quality  # noqa: F401
