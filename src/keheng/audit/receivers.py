"""What the frame tells, kept in the trail."""

from keheng.audit.operations import record
from keheng.common.events import receiver
from keheng.ui.events import ListExported


@receiver(ListExported)
def _on_export(event: ListExported) -> None:
    detail = {"list": event.list_key, "form": event.form, "rows": event.rows, "filters": event.filters}
    record("ui.export", actor=event.actor, at=event.at, detail=detail)
