"""``python -m keheng.cli``: the same as ``keheng``, for the processes that a command starts."""

from keheng.cli.main import app

app()
