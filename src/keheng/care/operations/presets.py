"""What every installation starts with."""

from keheng.care.operations.agenda import load_agendas
from keheng.care.operations.calendars import load_lunar_months


def load_presets() -> None:
    """Bring in what ships with the module; rows that exist stay as people edited them."""
    load_agendas()
    load_lunar_months()
