"""What cannot be done, said in one sentence with the choices that are open."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from keheng.tiering.models import SchemeVersion


class TieringError(Exception):
    """An evaluation that was asked for and cannot be made; its text is for people."""


class StaleDraftError(TieringError):
    """Somebody else has saved a draft since it was opened; ``current`` is what they saved."""

    def __init__(self, current: "SchemeVersion") -> None:
        self.current = current
        name = current.edited_by.name if current.edited_by else "-"
        super().__init__(
            _("{name} has saved the draft while you were editing; nothing was overwritten.").format(name=name)
        )
