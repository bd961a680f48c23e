"""The rules of data quality: read by everybody who sees the pages, changed by the head office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.archive import triggers
from keheng.customers.archive.catalogue import label_of
from keheng.customers.archive.tiers import name_of_rank
from keheng.customers.enums import ArchiveClass, RuleTopic, Severity
from keheng.customers.policies.reviews import ReviewRules
from keheng.customers.queries.duplicates import BLOCKS, DOUBTS
from keheng.customers.queries.quality_rules import rules_about
from keheng.customers.queries.validity import CHECKS
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin
from keheng.versions.forms import reason_field

TOPICS = (RuleTopic.COMPLETENESS, RuleTopic.VALIDITY, RuleTopic.REVIEWS, RuleTopic.DUPLICATES, RuleTopic.INSPECTION)


class RulesForm(forms.Form):
    """The numbers of a topic as fields; :meth:`content` puts them back where they stand."""

    reason = reason_field()

    def __init__(self, *args: Any, content: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = content

    def number(
        self, name: str, value: int | str | None, least: int = 0, most: int = 100, *, empty: bool = False
    ) -> None:
        """Add a whole number."""
        field = forms.IntegerField(initial=value, min_value=least, max_value=most, required=not empty)
        field.widget.attrs |= {"class": "form-control", "data-part": name.split("__", maxsplit=1)[0]}
        self.fields[name] = field

    def content(self) -> dict[str, Any]:
        """The rules as the form has them."""
        raise NotImplementedError


class CompletenessForm(RulesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = queries.weighable_fields()
        self.number("complete_from", self.base["complete_from"], 1)
        self.number("idle_below", int(float(self.base["idle_below"])), 0, 1_000_000)
        self.number("idle_months", self.base["idle_months"], 1, 120)
        for profile in self.base["profiles"]:
            for code in self._codes(profile):
                self.number(f"{profile['code']}__{code}", profile["weights"].get(code, 0), empty=True)

    def content(self) -> dict[str, Any]:
        values = self.cleaned_data
        profiles = []
        for profile in self.base["profiles"]:
            weights = {code: values.get(f"{profile['code']}__{code}") or 0 for code in self._codes(profile)}
            profiles.append(profile | {"weights": {code: weight for code, weight in weights.items() if weight}})
        own = {name: values[name] for name in ("complete_from", "idle_below", "idle_months")}
        return {**self.base, **own, "profiles": profiles}

    def tables(self) -> list[dict[str, Any]]:
        """The profiles with their fields, as the page shows them."""
        known = self.known
        return [
            {
                **profile,
                "sum": sum(int(self[f"{profile['code']}__{code}"].value() or 0) for code in self._codes(profile)),
                "rows": [
                    (str(known[code].label) if code in known else code, self[f"{profile['code']}__{code}"])
                    for code in self._codes(profile)
                ],
            }
            for profile in self.base["profiles"]
        ]

    def _codes(self, profile: dict[str, Any]) -> list[str]:
        known = [field.code for field in self.known.values() if profile["kind"] in field.kinds]
        return [*profile["weights"], *(code for code in known if code not in profile["weights"])]


class ValidityForm(RulesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = [check for check in CHECKS.values() if check.code != operations.REPORTED]
        known = {check["check"]: check for check in self.base["checks"]}
        for check in self.checks:
            present = known.get(check.code, {})
            choices = [("", _("not checked")), *Severity.choices]
            field = forms.ChoiceField(choices=choices, initial=present.get("severity", ""), required=False)
            field.widget.attrs["class"] = "form-select"
            self.fields[f"severity__{check.code}"] = field
            if check.limit:
                self.number(f"limit__{check.code}", present.get("limit"), 0, 1_000_000, empty=True)

    def content(self) -> dict[str, Any]:
        values = self.cleaned_data
        checks = []
        for check in self.checks:
            if values.get(f"severity__{check.code}"):
                limit = values.get(f"limit__{check.code}")
                checks.append({"check": check.code, "severity": values[f"severity__{check.code}"], "limit": limit})
        return {"checks": checks}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "label": str(check.label),
                "remedy": str(check.remedy),
                "severity": self[f"severity__{check.code}"],
                "limit": self[f"limit__{check.code}"] if check.limit else None,
                "limit_label": str(check.limit),
                "unit": str(check.limit_unit),
            }
            for check in self.checks
        ]


class DuplicatesForm(RulesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number("listed_from", self.base["listed_from"], 1)
        self.number("largest_block", self.base["largest_block"], 2, 200)
        for group, codes in self._groups().items():
            present = {weight["key"]: weight["weight"] for weight in self.base[group]}
            for code in codes:
                self.number(f"{group}__{code}", present.get(code, 0), 0, 99)

    def content(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            **self.base,
            "listed_from": values["listed_from"],
            "largest_block": values["largest_block"],
            **{
                group: [
                    {"key": code, "weight": values[f"{group}__{code}"]} for code in codes if values[f"{group}__{code}"]
                ]
                for group, codes in self._groups().items()
            },
        }

    def groups(self) -> list[tuple[str, list[tuple[str, Any]]]]:
        titles = {"evidence": _("What speaks for a pair"), "doubts": _("What speaks against it")}
        labels = {**{code: block.label for code, block in BLOCKS.items()}, **{c: d[0] for c, d in DOUBTS.items()}}
        return [
            (titles[group], [(str(labels[code]), self[f"{group}__{code}"]) for code in codes])
            for group, codes in self._groups().items()
        ]

    @staticmethod
    def _groups() -> dict[str, list[str]]:
        return {"evidence": list(BLOCKS), "doubts": list(DOUBTS)}


class InspectionForm(RulesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number("days", self.base["days"], 1, 60)
        self.number("fix_days", self.base["fix_days"], 1, 60)
        self.number("not_again_days", self.base["not_again_days"], 0, 365)
        for place, sample in enumerate(self.base["samples"]):
            self.number(f"sample__{place}", sample["each"], 0, 50)

    def content(self) -> dict[str, Any]:
        values = self.cleaned_data
        samples = [sample | {"each": values[f"sample__{place}"]} for place, sample in enumerate(self.base["samples"])]
        own = {name: values[name] for name in ("days", "fix_days", "not_again_days")}
        return {**self.base, **own, "samples": samples}

    def rows(self) -> list[tuple[str, Any]]:
        return [(sample["name"], self[f"sample__{place}"]) for place, sample in enumerate(self.base["samples"])]


class ReviewsForm(RulesForm):
    """How often a class of the archive is reviewed by tier, and what occasions open a review (A1)."""

    classes = (ArchiveClass.INFORMATION, ArchiveClass.GRADE, ArchiveClass.CONFIDENTIALITY)
    ranks = range(-1, 6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = ReviewRules.model_validate(self.base)
        for one in self.classes:
            for rank in self.ranks:
                self.number(f"{one}__{rank}", rules.months_of(one, rank), 1, 120, empty=True)
        tiers = [(rank, _tier_of(rank)) for rank in self.ranks]
        for occasion in rules.occasions:
            self.number(f"days__{occasion.trigger}", occasion.days, 1, 365)
            rank_field = forms.TypedChoiceField(choices=tiers, coerce=int, initial=occasion.from_rank)
            rank_field.widget.attrs["class"] = "form-select"
            self.fields[f"rank__{occasion.trigger}"] = rank_field
            used = forms.BooleanField(required=False, initial=occasion.is_active)
            used.widget.attrs["class"] = "form-check-input"
            self.fields[f"used__{occasion.trigger}"] = used

    def content(self) -> dict[str, Any]:
        values = self.cleaned_data
        periods: list[dict[str, Any]] = []
        for one in self.classes:
            former: Any = ""  # the first rank is always said
            for rank in self.ranks:
                months = values[f"{one}__{rank}"]
                if months != former:
                    periods.append({"archive_class": one.value, "from_rank": rank, "months": months})
                former = months
        occasions = [
            occasion
            | {
                "days": values[f"days__{occasion['trigger']}"],
                "from_rank": values[f"rank__{occasion['trigger']}"],
                "is_active": values[f"used__{occasion['trigger']}"],
            }
            for occasion in self.base["occasions"]
        ]
        return {"periods": periods, "occasions": occasions}

    def tiers(self) -> list[str]:
        return [_tier_of(rank) for rank in self.ranks]

    def rows(self) -> list[tuple[str, list[Any]]]:
        return [(str(one.label), [self[f"{one}__{rank}"] for rank in self.ranks]) for one in self.classes]

    def occasions(self) -> list[dict[str, Any]]:
        return [
            {
                "name": triggers.name_of(occasion["trigger"]),
                "opens": ArchiveClass(occasion["archive_class"]).label,
                "fields": [label_of(code) if code != "contact" else _("Contact points") for code in occasion["fields"]],
                **{part: self[f"{part}__{occasion['trigger']}"] for part in ("days", "rank", "used")},
            }
            for occasion in self.base["occasions"]
        ]


def _tier_of(rank: int) -> str:
    return name_of_rank(rank) if rank >= 0 else _("no tier yet")


FORMS: dict[RuleTopic, type[RulesForm]] = {
    RuleTopic.COMPLETENESS: CompletenessForm,
    RuleTopic.VALIDITY: ValidityForm,
    RuleTopic.DUPLICATES: DuplicatesForm,
    RuleTopic.INSPECTION: InspectionForm,
    RuleTopic.REVIEWS: ReviewsForm,
}


class RulesPage(PermissionMixin):
    """The rules of one topic, its versions, and the form to change them."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest, topic: str = RuleTopic.COMPLETENESS) -> HttpResponse:
        asked = _topic(topic)
        return self._page(request, asked, _form(asked))

    def post(self, request: HttpRequest, topic: str = RuleTopic.COMPLETENESS) -> HttpResponse:
        permissions.check_rules(acting(request))
        asked = _topic(topic)
        form = _form(asked, request.POST)
        if form.is_valid():
            given: Any = {"reason": form.cleaned_data["reason"], "actor": acting(request), "at": clock.now()}
            made = carry_out(
                form, lambda: operations.change_quality_rules(topic=asked, content=form.content(), **given)
            )
            if made is not None:
                messages.success(
                    request, _("Version %(n)d is in force; the next refresh uses it.") % {"n": made.number}
                )
                return redirect("quality:rules-of", asked)
        return self._page(request, asked, form)

    def _page(self, request: HttpRequest, topic: RuleTopic, form: RulesForm) -> HttpResponse:
        context = {
            "form": form,
            "topic": topic,
            "topics": [(one.value, one.label) for one in TOPICS],
            "history": rules_about(topic).history(),
            "may_change": permissions.can_change_rules(acting(request)),
            "template": f"customers/quality/rules_{topic.value}.html",
        }
        return render(request, "customers/quality/rules.html", context)


def _form(topic: RuleTopic, *data: Any) -> RulesForm:
    return FORMS[topic](*data, content=queries.quality_rules(topic).rules.model_dump(mode="json"))


def _topic(code: str) -> RuleTopic:
    if code not in TOPICS:
        raise Http404
    return RuleTopic(code)
