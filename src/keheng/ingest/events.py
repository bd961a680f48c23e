"""What data intake tells the modules above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchLoaded:
    """A batch has been loaded and committed. Its customers bear ``Batch.started_at`` as ``updated_at``."""

    batch_id: int
