"""Forms of the module: what planners keep, files, forecasts, rosters, requests."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.archive import tiers
from keheng.org.models import Staff
from keheng.workforce.enums import LeaveKind, Treatment, WishKind
from keheng.workforce.models import (
    A_DAY,
    MOST_DAYS,
    Adjustment,
    Agent,
    Contract,
    Event,
    Fixed,
    Leave,
    Profile,
    Queue,
    Roster,
    Shift,
    Target,
    Team,
    Wish,
)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _time() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class DayField(forms.DateField):
    """A date, chosen from the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": _day(), **options})


class LibraryForm(forms.ModelForm[Any]):
    """A record of the library; dates are chosen from the browser's calendar."""

    def __init__(self, *args: Any, actor: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = _day()
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = _("choose one") if field.required else _("none")
            elif isinstance(field, forms.ChoiceField):
                known: Any = field.choices
                field.choices = [(value, _("choose one") if value in {"", None} else label) for value, label in known]
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.widget.choices = field.choices
        if "tier" in self.fields:
            self.fields["tier"] = forms.ChoiceField(
                choices=[("", _("every tier")), *tiers.choices()], label=self.fields["tier"].label, required=False
            )
        if "queue" in self.fields:
            self.fields["queue"].queryset = Queue.objects.visible_to(actor)  # type: ignore[attr-defined]
        if "agent" in self.fields:
            self.fields["agent"].queryset = Agent.objects.visible_to(actor).select_related("staff")  # type: ignore[attr-defined]
        if "staff" in self.fields:
            self.fields["staff"].queryset = Staff.objects.visible_to(actor).filter(is_active=True)  # type: ignore[attr-defined]

    @property
    def related(self) -> dict[str, Any]:
        """The values of many-to-many fields."""
        names = {field.name for field in self._meta.model._meta.many_to_many}
        return {name: value for name, value in self.cleaned_data.items() if name in names}


def _form(model: type[Model], *fields: str) -> type[LibraryForm]:
    made: Any = forms.modelform_factory(model, form=LibraryForm, fields=fields)
    return made  # type: ignore[no-any-return]


LIBRARY: dict[str, type[LibraryForm]] = {
    "queue": _form(Queue, "code", "name", "kind", "branch", "tier", "step", "borrows", "borrowed_share", "is_active"),
    "target": _form(
        Target, "queue", "valid_from", "level", "within", "asa", "abandoned", "occupancy", "handling", "patience",
        "at_once", "shrinkage", "due_minutes", "source",
    ),
    "event": _form(Event, "queue", "kind", "name", "first_day", "last_day", "factor"),
    "profile": _form(Profile, "code", "name", "day", "time", "calls", "handling", "answered", "in_time"),
    "contract": _form(
        Contract, "code", "name", "least_hours", "most_hours", "most_in_a_row", "least_in_a_row", "least_off_in_a_row",
        "most_weekends", "most_nights", "rest_hours", "hourly_cost", "source",
    ),
    "shift": _form(
        Shift, "code", "name", "kind", "starts", "minutes", "breaks", "flex_minutes", "weekdays", "contracts",
        "is_active",
    ),
    "team": _form(Team, "code", "name", "branch", "is_standby", "rota_first_day", "rota"),
    "agent": _form(Agent, "staff", "team", "contract", "skills", "since", "until"),
    "fixed": _form(Fixed, "agent", "day", "shift", "reason"),
}  # fmt: skip


class FileForm(forms.Form):
    """A file of interval figures, and how it is written."""

    queue = forms.ModelChoiceField(Queue.objects.none(), label=_("Queue"), empty_label=_("choose one"))
    profile = forms.ModelChoiceField(
        Profile.objects.all(), label=_("File profile"), required=False, empty_label=_("recognise it by its headings")
    )
    file = forms.FileField(label=_("File"), help_text=_("CSV (UTF-8 or GB18030) or Excel (.xlsx)"))

    def __init__(self, *args: Any, actor: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["queue"].queryset = Queue.objects.visible_to(actor).filter(is_active=True)  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        return _small(self.cleaned_data["file"])


class LogForm(forms.Form):
    """A log of states."""

    file = forms.FileField(label=_("State log"), help_text=_("CSV or Excel with the columns 工号, 开始, 结束, 状态"))

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        return _small(self.cleaned_data["file"])


def _small(file: Any) -> Any:
    if file.size > settings.FILES_UPLOAD_LIMIT:
        raise ValidationError(
            gettext("The file is larger than %(most)s MB. Take it in by parts.")
            % {"most": settings.FILES_UPLOAD_LIMIT // 2**20}
        )
    return file


class ForecastForm(forms.Form):
    first_day = DayField(label=_("Begins on"))
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MOST_DAYS, initial=28)


class AdjustmentForm(LibraryForm):
    """Days, the part of the day, and by how much."""

    since = forms.TimeField(
        label=_("From the time"), required=False, help_text=_("Empty: from midnight."), widget=_time()
    )
    until = forms.TimeField(
        label=_("Until the time"), required=False, help_text=_("Empty: until midnight."), widget=_time()
    )

    class Meta:
        model = Adjustment
        fields = ("first_day", "last_day", "factor", "reason")

    field_order = ("first_day", "last_day", "since", "until", "factor", "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse days and times in the wrong order."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        self.instance.starts = since.hour * 60 + since.minute if since else 0
        self.instance.ends = until.hour * 60 + until.minute if until else A_DAY
        if self.instance.ends <= self.instance.starts:
            self.add_error("until", gettext("It ends before it begins."))
        if found.get("first_day") and found.get("last_day") and found["last_day"] < found["first_day"]:
            self.add_error("last_day", gettext("The last day lies before the first."))
        return found


class MarkForm(forms.Form):
    treatment = forms.ChoiceField(label=_("Treatment"), choices=Treatment.choices)
    note = forms.CharField(label=_("Reason"), max_length=120)


class RosterForm(LibraryForm):
    """A roster to begin."""

    class Meta:
        model = Roster
        fields = ("name", "first_day", "days", "teams", "queues")

    def __init__(self, *args: Any, actor: Staff, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.fields["queues"].queryset = Queue.objects.visible_to(actor).filter(is_active=True)  # type: ignore[attr-defined]
        for name in ("teams", "queues"):
            field = self.fields[name]
            field.initial = field.queryset  # type: ignore[attr-defined]  # all, as a rule
            field.widget = forms.CheckboxSelectMultiple(choices=field.choices)  # type: ignore[attr-defined]


class MakeForm(forms.Form):
    seconds = forms.IntegerField(label=_("Time limit (s)"), min_value=3, max_value=1800, initial=60)
    kept_until = DayField(label=_("Keep the days until"), required=False)


class PlaceForm(forms.Form):
    """A shift for a cell of the grid."""

    shift = forms.ModelChoiceField(
        Shift.objects.filter(is_active=True), label=_("Shift"), required=False, empty_label=_("day off")
    )
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Queue"), required=False, empty_label=_("the agent's first queue")
    )
    insist = forms.BooleanField(label=_("Set it although rules are broken"), required=False)

    def __init__(self, *args: Any, agent: Agent, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["queue"].queryset = agent.skills.all()  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """Who takes a shift over."""

    agent = forms.ModelChoiceField(Agent.objects.none(), label=_("Who covers"), empty_label=_("choose one"))
    insist = forms.BooleanField(label=_("Set it although rules are broken"), required=False)

    def __init__(self, *args: Any, able: list[Agent], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agent"].queryset = Agent.objects.filter(pk__in=[one.pk for one in able]).select_related("staff")  # type: ignore[attr-defined]


class WishForm(forms.Form):
    day = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("My wish"), choices=WishKind.choices)
    shift = forms.ModelChoiceField(
        Shift.objects.filter(is_active=True), label=_("Shift"), required=False, empty_label=_("any shift")
    )

    def wish(self, agent: Agent) -> Wish:
        """The wish as a record."""
        return Wish(agent=agent, **self.cleaned_data)


class LeaveForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=LeaveKind.choices)
    first_day = DayField(label=_("Begins on"))
    last_day = DayField(label=_("Ends on"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        found = super().clean() or {}
        if found.get("first_day") and found.get("last_day") and found["last_day"] < found["first_day"]:
            self.add_error("last_day", gettext("The last day lies before the first."))
        return found

    def leave(self, agent: Agent) -> Leave:
        """The leave as a record."""
        return Leave(agent=agent, **self.cleaned_data)


class SwapForm(forms.Form):
    other = forms.ModelChoiceField(Agent.objects.none(), label=_("Colleague"), empty_label=_("choose one"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, agent: Agent, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = Agent.objects.filter(team__branch=agent.team.branch).exclude(pk=agent.pk).select_related("staff")
        self.fields["other"].queryset = colleagues  # type: ignore[attr-defined]
