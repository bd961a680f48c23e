"""The rules of assignment, read and changed (A3)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.forms.ownership import LimitsForm, TierRuleForm
from keheng.care.operations.assignment_rules import change_rules
from keheng.care.permissions import ownership as permissions
from keheng.care.policies.assignment import Position, TierRule
from keheng.care.queries.assignment import RULES, rules_in_force
from keheng.org.acting import acting
from keheng.org.models import Role
from keheng.tiering.models import Scheme
from keheng.tiering.queries.schemes import labels_of
from keheng.ui.views import PermissionMixin
from keheng.versions.views import PutInForce


class RulesPage(PermissionMixin):
    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        in_force, names = rules_in_force(), {role.code: str(role) for role in Role.objects.all()}
        schemes = {scheme.code: scheme for scheme in Scheme.objects.all()}
        groups: dict[str, list[dict[str, Any]]] = {}
        labels = {code: labels_of(scheme) for code, scheme in schemes.items()}
        for rule in in_force.rules.tiers:
            label = labels.get(rule.scheme, {}).get(rule.tier)
            groups.setdefault(rule.scheme, []).append(
                {
                    "rule": rule,
                    "label": label,
                    "owner": self._words(rule.owner, names),
                    "requires": [in_force.rules.skills[one] for one in rule.owner.requires],
                    "older": self._words(rule.older, names) if rule.older else "",
                    "beside": [f"{one.part.label}：{self._words(one, names)}" for one in rule.beside],
                    "refer_to": "、".join(names.get(role, role) for role in rule.refer_to),
                }
            )
        deciding = set(in_force.rules.schemes.values())
        context = {
            "in_force": in_force,
            "groups": [(schemes.get(code, code), code in deciding, rows) for code, rows in groups.items()],
            "capacity": [(names.get(role, role), number) for role, number in in_force.rules.capacity.items()],
            "adopters": "、".join(names.get(role, role) for role in in_force.rules.adoption.roles),
            "kept": "、".join(str(source.label) for source in in_force.rules.kept),
            "history": RULES.history(),
            "may_change": acting(request).can(permissions.RULES),
        }
        return render(request, "care/ownership/rules.html", context)

    def _words(self, position: Position, names: dict[str, str]) -> str:
        place = {"outlet": "", "branch": _("of the branch"), "head": _("of the head office")}[position.level]
        roles = " / ".join(names.get(role, role) for role in position.roles)
        posts = f"（{'、'.join(position.posts)}）" if position.posts else ""
        return f"{place}{roles}{posts}"


class ChangeTierRule(PutInForce):
    permission = permissions.RULES
    heading = gettext_lazy("Change who looks after this tier")

    def _rule(self) -> TierRule:
        rules = rules_in_force().rules
        wanted = (self.kwargs["scheme"], self.kwargs["tier"])
        found = next((rule for rule in rules.tiers if (rule.scheme, rule.tier) == wanted), None)
        if found is None:
            raise Http404
        return found

    def make_form(self, *data: Any) -> TierRuleForm:
        return TierRuleForm(*data[:1], rules=rules_in_force().rules, rule=self._rule())

    def carry_out(self, form: Any, **given: Any) -> Any:
        content = form.applied(rules_in_force().rules, self._rule())
        return change_rules(content=content, reason=form.cleaned_data["reason"], **given)


class ChangeLimits(PutInForce):
    permission = permissions.RULES
    heading = gettext_lazy("Change capacities and caps")

    def make_form(self, *data: Any) -> LimitsForm:
        return LimitsForm(*data[:1], rules=rules_in_force().rules)

    def carry_out(self, form: Any, **given: Any) -> Any:
        return change_rules(content=form.applied(), reason=form.cleaned_data["reason"], **given)
