"""Both sets of rules on a settings page: limits with their sources, paths, signers, versions; a change is proposed."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import ClockKind, Grade, Kind, RuleSet
from keheng.complaints.models import Cause, RuleVersion
from keheng.complaints.operations import rules
from keheng.complaints.policies.flow import OPTIONAL, ORDER
from keheng.complaints.queries.proposed import NUMBER_NAMES, limit_told
from keheng.complaints.queries.rules import version_on
from keheng.org.models import Role
from keheng.ui.views import require
from keheng.versions.forms import reason_field
from keheng.versions.queries import history, waiting
from keheng.versions.views import Propose


def settings(request: HttpRequest) -> HttpResponse:
    """What is in force, where it comes from, what waits for a second person."""
    require(request, permissions.VIEW)
    language = get_language() or ""
    roles = {role.code: str(role) for role in Role.objects.all()}
    sets = []
    for rule_set in RuleSet:
        version = version_on(rule_set, clock.today())
        found = version.rules
        sets.append(
            {
                "set": rule_set,
                "version": version,
                "clocks": [(rule, limit_told(rule.limit, every_day=rule.every_day)) for rule in found.clocks],
                "grades": {
                    rule.kind: "、".join(str(grade.label) for grade in sorted(rule.grades)) for rule in found.clocks
                },
                "extensions": found.extensions,
                "numbers": [
                    (NUMBER_NAMES[name], version.definition[name])
                    for name in rules.NUMBERS
                    if name in version.definition
                ],
                "marks": [
                    (mark.share, "、".join(roles.get(post, post) for post in mark.posts)) for mark in found.marks
                ],
            }
        )
    internal = version_on(RuleSet.INTERNAL, clock.today()).rules
    context = {
        "sets": sets,
        "paths": [
            (path, path.told(language), [(state.label, state not in path.left_out) for state in ORDER])
            for path in internal.paths
        ],
        "kind_paths": [
            (Kind(kind).label, internal.paths_by_code[code].told(language))
            for kind, code in sorted((internal.kind_paths or {}).items(), key=lambda pair: Kind.values.index(pair[0]))
        ],
        "signers": [
            (Grade(grade).label, "、".join(roles.get(post, post) for post in posts))
            for grade, posts in sorted((internal.signers or {}).items())
        ],
        "inform": [
            (kind.label, "、".join(roles.get(post, post) for post in posts)) for kind, posts in internal.inform.items()
        ],
        "causes": [
            (kind.label, [str(cause) for cause in Cause.objects.filter(kind=kind, is_active=True)]) for kind in Kind
        ],
        "history": history(RuleVersion.objects.all()),
        "waiting": waiting(rules.RULES.kind),
        "may_change": request.user.can(permissions.SETTINGS),  # type: ignore[union-attr]
    }
    return render(request, "complaints/settings.html", context)


class RulesForm(forms.Form):
    """Limits, figures, and the optional states of each path."""

    note = reason_field()

    def __init__(self, *args: Any, version: RuleVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        language = get_language() or ""
        self.limit_names = [rule.kind for rule in version.rules.clocks]
        self.number_names = [name for name in rules.NUMBERS if name in version.definition]
        self.path_names = [path.code for path in version.rules.paths]
        for rule in version.rules.clocks:
            label = ClockKind(rule.kind).label
            help_text = _("calendar days") if rule.every_day else ""
            self.fields[f"limit-{rule.kind}"] = forms.CharField(
                label=label, max_length=12, initial=str(rule.limit), help_text=help_text
            )
        for name in self.number_names:
            self.fields[name] = forms.IntegerField(
                label=NUMBER_NAMES[name], min_value=0, max_value=3650, initial=version.definition[name]
            )
        optional = [(state.value, state.label) for state in ORDER if state in OPTIONAL]
        for path in version.rules.paths:
            self.fields[f"path-{path.code}"] = forms.MultipleChoiceField(
                label=path.told(language),
                choices=optional,
                required=False,
                initial=[state.value for state in path.states],
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields([name for name in self.fields if name != "note"])

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = self.cleaned_data
        return {
            "limits": {kind.value: given[f"limit-{kind}"] for kind in self.limit_names},
            "numbers": {name: given[name] for name in self.number_names},
            "paths": {code: given[f"path-{code}"] for code in self.path_names},
            "note": given["note"],
        }


class ProposeRules(Propose):
    """Changed rules, for a second person to put into force."""

    permission = permissions.SETTINGS
    heading = _("Change the rules")
    note = _(
        "30m and 4h are service time, 1d is a working day or a calendar day. Complaints that run keep their limits."
    )

    def make_form(self, *data: Any) -> forms.Form:
        return RulesForm(*data[:1], version=version_on(RuleSet(self.kwargs["rule_set"]), clock.today()))

    def carry_out(self, form: Any, **given: Any) -> Any:
        return rules.propose(rule_set=RuleSet(self.kwargs["rule_set"]), **form.values(), **given)
