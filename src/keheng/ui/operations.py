"""What a person keeps of a list for themselves. Nothing here touches business data, so nothing is audited."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.ui.models import ColumnChoice, SavedView

MOST_VIEWS = 12


def save_view(*, owner_id: int, list_key: str, name: str, query: str) -> SavedView:
    """Keep the state of a list under a name; the same name again replaces it.

    Raises:
        ValidationError: when the name is empty or too long, or there are too many views already.
    """
    view = SavedView.objects.filter(owner_id=owner_id, list_key=list_key, name=name).first()
    if view is None:
        if SavedView.objects.filter(owner_id=owner_id, list_key=list_key).count() >= MOST_VIEWS:
            raise ValidationError(_("A list keeps at most %(n)d views; remove one first.") % {"n": MOST_VIEWS})
        view = SavedView(owner_id=owner_id, list_key=list_key, name=name)
    view.query = query
    view.full_clean(validate_unique=False, validate_constraints=False)
    view.save()
    return view


def delete_view(*, owner_id: int, list_key: str, view_id: int) -> None:
    """Remove one's own view; another's stays untouched."""
    SavedView.objects.filter(pk=view_id, owner_id=owner_id, list_key=list_key).delete()


def choose_columns(*, owner_id: int, list_key: str, columns: Sequence[str] | None) -> None:
    """Keep the columns that a person wants to see; ``None`` goes back to the list's own choice."""
    if columns is None:
        ColumnChoice.objects.filter(owner_id=owner_id, list_key=list_key).delete()
        return
    ColumnChoice.objects.update_or_create(owner_id=owner_id, list_key=list_key, defaults={"columns": list(columns)})
