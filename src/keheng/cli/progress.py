"""What the terminal shows: progress on standard error, results on standard output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from keheng.cli import interruption

type Report = Callable[[float], None]
"""Told the share that is done, 0 to 1."""

console = Console(stderr=True)
output = Console()


class Steps:
    """The steps of one command, one bar each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, title: str) -> Iterator[Report]:
        """Show a bar for the length of the block; the block may report the share done, else the bar only moves."""
        interruption.check()
        task = self._progress.add_task(title, total=None)
        self._progress.refresh()

        def report(share: float) -> None:
            interruption.check()
            self._progress.update(task, total=1.0, completed=min(share, 1.0))

        yield report
        self._progress.update(task, total=1.0, completed=1.0)


@contextmanager
def steps() -> Iterator[Steps]:
    """Show the steps of the block; where standard error is no terminal, each step is one line at its end."""
    with Progress(
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        yield Steps(progress)
