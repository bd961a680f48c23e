"""Which agenda a branch works by, and its slots."""

from dataclasses import dataclass
from datetime import time

from keheng.care.enums.agenda import Activity
from keheng.care.models import AgendaChoice, AgendaTemplate, AgendaVersion
from keheng.care.policies.agenda import Slot
from keheng.org.models import Branch

USUAL = "securities-branch"  # decision 15


@dataclass(frozen=True)
class Agenda:
    """A template as it is in force; ``version`` is 0 where nothing has been set up."""

    template: AgendaTemplate | None
    version: int
    slots: tuple[Slot, ...]


NO_AGENDA = Agenda(None, 0, ())


def agenda_of(branch: Branch) -> Agenda:
    """The agenda of a branch: its choice, or that of the nearest branch above, or the usual one. Two queries."""
    above = [branch.path[: place + 1] for place, char in enumerate(branch.path) if char == "/"]
    chosen = AgendaChoice.objects.filter(branch__path__in=above).values_list("branch__path", "template_id")
    nearest = max(chosen, key=lambda row: len(row[0]), default=None)
    versions = AgendaVersion.objects.select_related("template").order_by("-number")
    found = (versions.filter(template_id=nearest[1]) if nearest else versions.filter(template__code=USUAL)).first()
    return read(found) if found else NO_AGENDA


def newest(template: AgendaTemplate) -> Agenda:
    """A template as it is in force."""
    found = template.versions.select_related("template").order_by("-number").first()
    return read(found) if found else NO_AGENDA


def read(version: AgendaVersion) -> Agenda:
    """The stored slots as values."""
    slots = tuple(
        Slot(
            time.fromisoformat(slot["begins"]),
            time.fromisoformat(slot["ends"]),
            slot["title"],
            Activity(slot["activity"]),
            slot["note"],
        )
        for slot in version.slots
    )
    return Agenda(version.template, version.number, slots)
