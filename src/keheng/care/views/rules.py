"""The rules of care in plain words, with their sources; whoever may, changes them."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from keheng.care.enums.tasks import RuleTopic
from keheng.care.forms.rules import PARTS, PartForm, RuleForm
from keheng.care.models import RuleVersion
from keheng.care.operations.rules import change_rule, change_rules
from keheng.care.permissions import contacts as permissions
from keheng.care.queries.rules import (
    cadence_rules,
    contribution_rules,
    message_rules,
    occasion_rules,
    outcome_rules,
    recent_versions,
    rules_of,
    supervision_rules,
)
from keheng.care.reading import cadence_words, occasion_words, quota_words
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm

_EDITED = {"cadence": RuleTopic.CADENCE, "occasions": RuleTopic.OCCASIONS}


class Rules(PermissionMixin, View):
    """All rules of care on one page."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        cadence, occasions = cadence_rules(), occasion_rules()
        context = {
            "may_change": permissions.can_change_rules(acting(request)),
            "cadence": [(rule, cadence_words(rule)) for rule in cadence.rules.rules],
            "quotas": [(quota, quota_words(quota)) for quota in cadence.rules.quotas],
            "fresh": cadence.rules.fresh,
            "occasions": [(rule, occasion_words(rule, occasions.rules)) for rule in occasions.rules.rules],
            "outcomes": outcome_rules().rules.outcomes,
            "contribution": contribution_rules().rules,
            "templates": message_rules().rules.templates,
            "supervision": supervision_rules(),
            "versions": recent_versions(),
            "numbers": {"cadence": cadence.number, "occasions": occasions.number},
        }
        return render(request, "care/rules/page.html", context)


class ChangeRule(SideForm):
    """Change the numbers of one rule: a new version of all of them."""

    permission = permissions.RULES
    heading = _("Change a rule")
    submit = _("Put it in force")
    done = _("In force from the next planning on.")

    def make_form(self, *data: Any) -> forms.Form:
        permissions.check_rules(acting(self.request))
        topic = _EDITED.get(self.kwargs["topic"])
        rules = rules_of(topic).rules.rules if topic else ()
        rule = next((one for one in rules if one.code == self.kwargs["code"]), None)
        if rule is None:
            raise Http404
        return RuleForm(*data[:1], rule=rule)

    def carry_out(self, form: Any, **given: Any) -> RuleVersion | bool:
        changed = change_rule(
            topic=_EDITED[self.kwargs["topic"]],
            code=self.kwargs["code"],
            values=form.values(),
            reason=form.cleaned_data["reason"],
            **given,
        )
        return changed or True


class ChangePart(SideForm):
    """Change numbers and words of a part of the rules: a new version of all rules of its topic."""

    permission = permissions.RULES
    submit = _("Put it in force")
    done = _("The rules are in force as a new version.")

    @property
    def heading(self) -> Any:  # type: ignore[override]
        return PARTS[self.kwargs["part"]].heading

    def make_form(self, *data: Any) -> PartForm:
        part = PARTS.get(self.kwargs["part"])
        if part is None:
            raise Http404
        rules = rules_of(part.topic).rules
        return PartForm(*data[:1], rules=rules, labels=part.labels(rules))

    def carry_out(self, form: Any, **given: Any) -> RuleVersion | bool:
        topic, reason = PARTS[self.kwargs["part"]].topic, form.cleaned_data["reason"]
        return change_rules(topic=topic, content=form.applied(), reason=reason, **given) or True
