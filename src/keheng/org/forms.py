"""What people fill in to change the organisation. The operations decide; these only read."""

from datetime import time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.enums import BranchKind, DataScope, DayKind
from keheng.org.models import Branch, Role, ServiceCalendar, Staff
from keheng.org.policies import TOKEN_DAYS
from keheng.ui.permission_names import declared

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

SHORT_WEEKDAYS = (
    pgettext_lazy("weekday of a small calendar", "Mo"),
    pgettext_lazy("weekday of a small calendar", "Tu"),
    pgettext_lazy("weekday of a small calendar", "We"),
    pgettext_lazy("weekday of a small calendar", "Th"),
    pgettext_lazy("weekday of a small calendar", "Fr"),
    pgettext_lazy("weekday of a small calendar", "Sa"),
    pgettext_lazy("weekday of a small calendar", "Su"),
)


class BranchChoice(forms.ModelChoiceField[Branch]):
    """Branches indented by their level."""

    def label_from_instance(self, obj: Branch) -> str:
        return f"{'　' * obj.depth}{obj.name}"


def _open_branches(actor: Staff) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(actor).filter(is_active=True)


class NewBranchForm(forms.Form):
    parent = BranchChoice(Branch.objects.none(), label=_("Under"), empty_label=_("Choose a branch"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[choice for choice in BranchKind.choices if choice[0] != "head"])
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Letters, digits, - and _; it never changes."))
    name = forms.CharField(label=_("Name"), max_length=60)

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = _open_branches(actor)  # type: ignore[attr-defined]


class BranchForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=BranchKind)
    calendar = forms.ModelChoiceField(
        ServiceCalendar.objects.all(),
        label=_("Service calendar"),
        required=False,
        empty_label=_("that of the branch above"),
    )


class MoveBranchForm(forms.Form):
    parent = BranchChoice(Branch.objects.none(), label=_("Hang under"), empty_label=_("Choose a branch"))

    def __init__(self, *args: Any, actor: Staff, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elsewhere = _open_branches(actor).exclude(path__startswith=branch.path).exclude(children=branch)
        self.fields["parent"].queryset = elsewhere  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=40)
    branch = BranchChoice(Branch.objects.none(), label=_("Branch"), empty_label=_("Choose a branch"))
    role = forms.ModelChoiceField(Role.objects.exclude(code="system"), label=_("Role"), empty_label=_("Choose a role"))
    title = forms.CharField(label=_("Post"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    joined_on = forms.DateField(
        label=_("Joined on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = _open_branches(actor)  # type: ignore[attr-defined]


class NewStaffForm(StaffForm):
    username = forms.CharField(
        label=_("User name"), max_length=40, help_text=_("As a rule the staff number; it never changes.")
    )
    field_order = ("username",)


class DeactivateForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RoleForm(forms.Form):
    scope = forms.ChoiceField(label=_("Data scope"), choices=DataScope, widget=forms.RadioSelect)
    permissions = forms.MultipleChoiceField(
        label=_("Permissions"), required=False, choices=lambda: list(declared().items())
    )


class TokenForm(forms.Form):
    """What a program may do, of what its person may do."""

    name = forms.CharField(label=_("Used by"), max_length=60, help_text=_("Which program, such as: nightly report."))
    days = forms.TypedChoiceField(
        label=_("Opens for"),
        coerce=int,
        choices=[(days, _("%(days)d days") % {"days": days}) for days in TOKEN_DAYS],
        initial=TOKEN_DAYS[1],
    )
    permissions = forms.MultipleChoiceField(label=_("Permissions"), choices=lambda: list(declared().items()))


class DayForm(forms.Form):
    """A date as the calendar page sets it; ``weekday`` lets it follow its weekday again."""

    FOLLOWS = "weekday"

    day = forms.DateField(label=_("Date"), widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("This day"), choices=[(FOLLOWS, _("follows its weekday")), *DayKind.choices], widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name"), max_length=40, required=False, help_text=_("Such as: Spring Festival"))


class ImportDaysForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("One line a day: date, kind (节假日 or 调休), name. It replaces the years that it names."),
    )

    def text(self) -> str:
        """The file as text: UTF-8, else GB18030 as Excel in China writes it."""
        content: bytes = self.cleaned_data["file"].read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("gb18030", errors="replace")


class HoursForm(forms.Form):
    """Hours of service by weekday, each as ``09:00-11:30, 13:00-17:00``; empty: closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, label in enumerate(WEEKDAYS):
            self.fields[f"day{weekday}"] = forms.CharField(label=label, required=False, max_length=100)

    @staticmethod
    def initial_of(calendar: ServiceCalendar) -> dict[str, str]:
        """The present hours as the form shows them."""
        hours: dict[str, list[str]] = {}
        for period in calendar.periods.all():
            hours.setdefault(f"day{period.weekday}", []).append(f"{period.opens:%H:%M}-{period.closes:%H:%M}")
        return {name: ", ".join(told) for name, told in hours.items()}

    def clean(self) -> dict[str, Any]:
        periods: dict[int, list[tuple[time, time]]] = {}
        for weekday in range(len(WEEKDAYS)):
            text = self.cleaned_data.get(f"day{weekday}", "")
            try:
                periods[weekday] = [_period(part) for part in text.replace("，", ",").split(",") if part.strip()]
            except ValueError:
                self.add_error(f"day{weekday}", _("Write the hours as 09:00-11:30, 13:00-17:00."))
        return {"periods": {weekday: hours for weekday, hours in periods.items() if hours}}


def _period(text: str) -> tuple[time, time]:
    opens, closes = text.replace("–", "-").replace("：", ":").split("-")
    return time.fromisoformat(opens.strip().zfill(5)), time.fromisoformat(closes.strip().zfill(5))
