"""Forms of service requests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.service_requests.enums import Channel, InviteBy, Stage
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.policies.catalogue import Catalogue
from keheng.service_requests.policies.penalties import PenaltyRules
from keheng.service_requests.queries.desk import colleagues
from keheng.service_requests.queries.proposed import band_name, error_name
from keheng.ui.templatetags.keheng import limit_words
from keheng.versions.forms import reason_field


def _words(label: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=500, widget=forms.Textarea(attrs={"rows": rows, "maxlength": 500})
    )


class IntakeForm(forms.Form):
    """What is asked for; the questions of the chosen business stand below as ``answer-<code>``."""

    business = forms.ChoiceField(label=_("Business"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel, initial=Channel.COUNTER)
    subject = _words(_("What the customer wants"), required=False, rows=2)
    take = forms.BooleanField(label=_("I handle it at once"), required=False, initial=True)

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        choices = [(about.code, about.told(language)) for about in catalogue.businesses.values()]
        self.fields["business"].choices = choices  # type: ignore[attr-defined]
        chosen = self.data.get("business") or self.initial.get("business") or choices[0][0]
        self.chosen = catalogue.businesses.get(chosen)
        self.answer_names = []
        for field in self.chosen.fields if self.chosen else ():
            name = f"answer-{field.code}"
            self.answer_names.append(name)
            self.fields[name] = forms.CharField(label=field.told(language), required=field.required, max_length=120)

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.answer_names]

    def answers(self) -> dict[str, str]:
        return {name.removeprefix("answer-"): self.cleaned_data[name] for name in self.answer_names}


class StageForm(forms.Form):
    stage = forms.ChoiceField(label=_("Next step"), choices=[(s.value, s.label) for s in list(Stage)[1:3]])
    note = _words(_("What was found"))


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why does it wait?"))
    note = _words(_("Remark"), required=False)

    def __init__(self, *args: Any, request: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (
                found.code,
                _("%(reason)s (at most %(limit)s)")
                % {"reason": found.told(language), "limit": limit_words(found.limit)},
            )
            for found in request.catalogue.pauses.values()
        ]


class PersonForm(forms.Form):
    """A colleague, with their load, and why."""

    to = forms.ChoiceField(label=_("To whom"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, request: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(member.pk): member for member, _load in colleagues(request)}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (member.pk, _("%(name)s (%(load)d in hand)") % {"name": member, "load": load})
            for member, load in colleagues(request)
        ]


class WordsForm(forms.Form):
    """One field of words; its name and label come from the view."""

    def __init__(self, *args: Any, name: str, label: Any, initial_words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[name] = _words(label)
        self.fields[name].initial = initial_words


class AttachForm(forms.Form):
    document = forms.ChoiceField(label=_("What it is"), required=False)
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, request: ServiceRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            *((found.code, found.told(language)) for found in request.about.documents),
            ("", _("Evidence of what was done")),
        ]


class OtherForm(forms.Form):
    """Another request, by its number."""

    number = forms.CharField(label=_("Number of the other request"), max_length=12)


class AnswerForm(forms.Form):
    accept = forms.ChoiceField(label=_("Answer"), choices=[("yes", _("Take it over")), ("no", _("Decline"))])
    words = forms.CharField(label=_("Your words"), max_length=200, required=False)


class OffsetForm(forms.Form):
    points = forms.DecimalField(label=_("Points"), max_digits=4, decimal_places=1, min_value=0)
    reason = forms.CharField(label=_("Positive action"), max_length=300)


class DecideForm(forms.Form):
    grant = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Grant: reverse the penalty")), ("no", _("Turn down"))]
    )
    answer = forms.CharField(label=_("Reason"), max_length=300)


class RateForm(forms.Form):
    rating = forms.ChoiceField(
        label=_("How content are you?"),
        choices=[
            (5, _("Very content")),
            (4, _("Content")),
            (3, _("So so")),
            (2, _("Not content")),
            (1, _("Not at all content")),
        ],
        widget=forms.RadioSelect,
    )
    note = _words(_("What could be better?"), required=False)


class AskRatingForm(forms.Form):
    by = forms.ChoiceField(label=_("How is it sent?"), choices=InviteBy)


class BusinessForm(forms.Form):
    """The limits of one business, and what it asks for."""

    words = forms.CharField(label=_("Words for customers"), max_length=200, required=False)
    approval = forms.BooleanField(label=_("A second person approves before it is closed"), required=False)
    evidence = forms.BooleanField(label=_("Documents are required before it is closed"), required=False)
    note = reason_field()

    def __init__(self, *args: Any, limits: dict[str, list[str | None]], clocks: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clocks = list(limits)
        extra: dict[str, forms.Field] = {}
        for kind, (normal, priority) in limits.items():
            names = {"clock": clocks[kind]}
            extra[f"{kind}-normal"] = forms.CharField(
                label=_("%(clock)s, everybody") % names, required=False, max_length=8, initial=normal or ""
            )
            extra[f"{kind}-priority"] = forms.CharField(
                label=_("%(clock)s, priority customers") % names, required=False, max_length=8, initial=priority or ""
            )
        self.fields = {**extra, **self.fields}

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        limits = {kind: [given[f"{kind}-normal"] or None, given[f"{kind}-priority"] or None] for kind in self.clocks}
        return {"limits": limits, **{name: given[name] for name in ("words", "approval", "evidence")}}


class PenaltiesForm(forms.Form):
    """What overtime and errors cost: the edge of each range in minutes, points, points of the errors of a month."""

    note = reason_field()

    def __init__(self, *args: Any, rules: PenaltyRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sizes: dict[str, int] = {}
        for place, band in enumerate(rules.bands):
            if band.up_to is not None:
                minutes = int(band.up_to / timedelta(minutes=1))
                self._add("edges", _("%(range)s: up to so many minutes") % {"range": band_name(place)}, minutes)
            if not band.error:
                self._add("points", _("%(range)s: points") % {"range": band_name(place)}, band.points)
        for place, points in enumerate(rules.errors):
            self._add("errors", error_name(place), points)
        self.order_fields([name for name in self.fields if name != "note"])

    def _add(self, part: str, label: str, initial: int | Decimal | None) -> None:
        place = self.sizes.get(part, 0)
        self.sizes[part] = place + 1
        self.fields[f"{part}-{place}"] = (
            forms.IntegerField(label=label, min_value=1, max_value=24 * 60, initial=initial)
            if part == "edges"
            else forms.DecimalField(
                label=label, max_value=0, min_value=-100, max_digits=5, decimal_places=2, initial=initial
            )
        )

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = self.cleaned_data
        found = {part: [given[f"{part}-{place}"] for place in range(size)] for part, size in self.sizes.items()}
        return {**found, "note": given["note"]}
