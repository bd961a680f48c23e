"""The rules of care in plain words, with their sources; whoever may, changes them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from keheng.care.forms.rule_rows import ROWS, RowForm, Rows
from keheng.care.forms.rules import PARTS, PartForm
from keheng.care.models import RuleVersion
from keheng.care.operations.rules import change_rule, change_rules
from keheng.care.permissions import contacts as permissions
from keheng.care.queries.rules import (
    cadence_rules,
    contribution_rules,
    lobby_rules,
    message_rules,
    occasion_rules,
    outcome_rules,
    quick_log_rules,
    recent_versions,
    rules_of,
    supervision_rules,
)
from keheng.care.reading import cadence_words, festival_words, occasion_words, quota_words
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin
from keheng.versions.views import PutInForce


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
            "festivals": [(one, festival_words(one)) for one in occasions.rules.festivals],
            "quick_log": quick_log_rules(),
            "lobby": lobby_rules(),
            "contribution": contribution_rules().rules,
            "templates": message_rules().rules.templates,
            "supervision": supervision_rules(),
            "history": recent_versions(),
            "numbers": {"cadence": cadence.number, "occasions": occasions.number},
        }
        return render(request, "care/rules/page.html", context)


class ChangeRow(PutInForce):
    """Change one of the rules, outcomes or festivals, or add one: a new version of all rules of the topic."""

    permission = permissions.RULES
    done = _("In force from the next planning on.")

    @property
    def rows(self) -> Rows:
        """Of which kind it is."""
        found = ROWS.get(self.kwargs["topic"])
        if found is None or ("code" not in self.kwargs and not found.more):
            raise Http404
        return found

    @property
    def heading(self) -> Any:  # type: ignore[override]
        return self.rows.heading if "code" in self.kwargs else self.rows.more

    def make_form(self, *data: Any) -> RowForm:
        permissions.check_rules(acting(self.request))
        row = self.rows.row(self.kwargs["code"]) if "code" in self.kwargs else None
        if row is None and "code" in self.kwargs:
            raise Http404
        return self.rows.form(*data[:1], row=row)

    def carry_out(self, form: Any, **given: Any) -> RuleVersion | bool:
        given |= {"code": self.kwargs.get("code", ""), "values": form.values(), "reason": form.cleaned_data["reason"]}
        return change_rule(topic=self.rows.topic, among=self.rows.among, **given) or True


class ChangePart(PutInForce):
    """Change numbers and words of a part of the rules: a new version of all rules of its topic."""

    permission = permissions.RULES

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
