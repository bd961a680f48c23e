"""The settings pages of confidentiality and privacy: shown to everybody concerned, changed by few."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers.enums import CaseKind, Confidentiality, Disclosure, FieldGroup, ReaderKind, RuleTopic
from keheng.customers.forms.rules import (
    ANCHOR_WORDS,
    BASIS_WORDS,
    CELL_WORDS,
    ConfidentialityForm,
    PrivacyRulesForm,
    cell_name,
)
from keheng.customers.operations.rules import change_rules
from keheng.customers.permissions import VIEW
from keheng.customers.permissions.privacy import PRIVACY, can_change_rules, check_change_rules
from keheng.customers.privacy.fields import catalogue
from keheng.customers.queries.rules import RULES, confidentiality_rules, privacy_rules
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class _RulesPage(PermissionMixin):
    """Shows the rules in force; ``?edit=1`` and a post change them."""

    topic: RuleTopic
    template_name: str
    url_name: str

    def form(self, data: Any = None) -> ConfidentialityForm | PrivacyRulesForm:
        """The rules in force as a form, bound to ``data``."""
        raise NotImplementedError

    def context(self, form: Any, *, edits: bool) -> dict[str, Any]:
        """What the page shows beside the form."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        edits = "edit" in request.GET
        if edits:
            check_change_rules(acting(request))
        return self._page(self.form(), edits=edits)

    def post(self, request: HttpRequest) -> HttpResponse:
        check_change_rules(acting(request))
        form = self.form(request.POST)
        if form.is_valid():
            given = {"reason": form.cleaned_data["reason"], "actor": acting(request), "at": clock.now()}
            done = carry_out(form, lambda: (change_rules(topic=self.topic, content=form.content(), **given),))
            if done is not None:
                words = _("Version %(n)d of the rules is in force.") % {"n": done[0].number} if done[0] else ""
                messages.success(request, words or _("Nothing differs from the rules in force."))
                return redirect(self.url_name)
        return self._page(form, edits=True)

    def _page(self, form: Any, *, edits: bool) -> HttpResponse:
        context = {
            "form": form,
            "edits": edits,
            "may_change": can_change_rules(acting(self.request)),
            "history": RULES[self.topic].history(),
            **self.context(form, edits=edits),
        }
        return render(self.request, self.template_name, context)


class ConfidentialityPage(_RulesPage):
    """The matrix of level, capacity and group; the field catalogue; the limits of emergency access and export."""

    permission = VIEW
    topic = RuleTopic.CONFIDENTIALITY
    template_name = "customers/confidentiality.html"
    url_name = "archive:confidentiality"

    def form(self, data: Any = None) -> ConfidentialityForm:
        return ConfidentialityForm(data, rules=confidentiality_rules())

    def context(self, form: Any, *, edits: bool) -> dict[str, Any]:
        rules = confidentiality_rules()
        fields = catalogue()
        rows = [
            (
                group,
                fields[group][0][1].data_class if fields[group] else "",
                [
                    (
                        reader == ReaderKind.ORDINARY,
                        rules.matrix[group][level][reader],
                        CELL_WORDS[rules.matrix[group][level][reader]],
                        form[cell_name(group, level, reader)] if edits and group != FieldGroup.SECRET else None,
                        cell_name(group, level, reader),
                    )
                    for level in Confidentiality
                    for reader in ReaderKind
                ],
            )
            for group in FieldGroup
        ]
        return {
            "rules": rules,
            "rows": rows,
            "levels": Confidentiality,
            "readers": [(level, reader) for level in Confidentiality for reader in ReaderKind],
            "catalogue": [(group, entries) for group, entries in fields.items() if entries],
            "hidden": Disclosure.HIDDEN.value,
            "limits": [form[name] for name in ("minutes", "review_within_days", "rows_without_approval", "most_rows",
                                               "days")],
        }  # fmt: skip


class PrivacyRulesPage(_RulesPage):
    """Purposes and channels, the clocks of requests, retention."""

    permission = PRIVACY
    topic = RuleTopic.PRIVACY
    template_name = "customers/privacy_rules.html"
    url_name = "archive:privacy-rules"

    def form(self, data: Any = None) -> PrivacyRulesForm:
        return PrivacyRulesForm(data, rules=privacy_rules())

    def context(self, form: Any, *, edits: bool) -> dict[str, Any]:  # noqa: ARG002
        rules = privacy_rules()
        return {
            "rules": rules,
            "purposes": [
                (purpose, BASIS_WORDS[purpose.basis], form[f"text-{purpose.code}"]) for purpose in rules.purposes
            ],
            "clocks": [
                (kind.label, rules.clocks[kind], form[f"days-{kind}"], form[f"extension-{kind}"]) for kind in CaseKind
            ],
            "retention": [(rule, ANCHOR_WORDS[rule.anchor], form[f"years-{rule.code}"]) for rule in rules.retention],
            "numbers": [form[name] for name in ("guardian_below", "copy_days", "assessment_years")],
            "new": [form[name] for name in ("new_code", "new_name", "new_text")],
        }
