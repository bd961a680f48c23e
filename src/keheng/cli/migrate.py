"""``keheng migrate``: the tables and presets of this version."""

from keheng.cli.progress import Report, Steps, steps
from keheng.cli.session import application, pending_migrations


def migrate() -> None:
    """Bring the tables up to date and load the presets that are missing."""
    with application(migrate=True), steps() as shown:
        bring_up_to_date(shown)


def bring_up_to_date(shown: Steps) -> None:
    """Apply what is pending, then the presets; rows that people edited stay."""
    with shown.step("Tables") as report:
        _apply_migrations(report)
    with shown.step("Presets"):
        load_presets()


def _apply_migrations(report: Report) -> None:
    from django.core.management import call_command

    pending = len(pending_migrations())
    if pending:
        call_command("migrate", verbosity=1, interactive=False, stdout=_Counter(pending, report), no_color=True)


def load_presets() -> None:
    """Bring in the presets of every module that has some."""
    from keheng.approvals import operations as approvals
    from keheng.care import operations as care
    from keheng.complaints import operations as complaints
    from keheng.customers import operations as customers
    from keheng.org import operations as org
    from keheng.service_requests import operations as service_requests
    from keheng.tiering import operations as tiering
    from keheng.workforce.operations import library as workforce

    org.load_presets()
    approvals.load_presets()
    customers.load_questionnaires()
    service_requests.load_presets()
    tiering.load_presets()
    care.load_presets()
    workforce.load_presets()
    complaints.load_presets()


class _Counter:
    """Takes the words of Django's ``migrate`` and reports how many migrations are applied."""

    def __init__(self, total: int, report: Report) -> None:
        self._total, self._report, self._applied = total, report, 0

    def write(self, text: str) -> None:
        self._applied += text.count(" OK")
        self._report(self._applied / self._total)

    def flush(self) -> None:
        """Nothing is held back."""
