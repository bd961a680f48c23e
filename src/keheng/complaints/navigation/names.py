"""The names of permissions, audited acts, notices and kinds of approval; the registries of personal data."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals import kinds
from keheng.audit import actions
from keheng.complaints import copied, erased, permissions  # noqa: F401  # two only register
from keheng.complaints.enums import StepKind
from keheng.complaints.operations.causes import CAUSES
from keheng.complaints.operations.closing import EXTENSION
from keheng.complaints.operations.consequence_rules import CONSEQUENCES
from keheng.complaints.operations.correction import PLAN
from keheng.complaints.operations.rules import RULES
from keheng.complaints.queries import proposed
from keheng.notices import kinds as notices
from keheng.ui.permission_names import declare

declare(
    {
        permissions.VIEW: _("See complaints"),
        permissions.REGISTER: _("Register complaints"),
        permissions.HANDLE: _("Handle complaints"),
        permissions.RESPOND: _("Answer for a unit that is complained about"),
        permissions.REVIEW: _("Review plans, effects and decisions about complaints"),
        permissions.SUPERVISE: _("Supervise complaints"),
        permissions.SETTINGS: _("Change the rules of complaints"),
    }
)
actions.declare(
    {
        **{f"complaints.{kind.value}": kind.label for kind in StepKind},
        "complaints.open_file": _("Open a file of a complaint"),
        "complaints.tick": _("Tell due limits of complaints"),
        "complaints.propose_rules": _("Propose rules of complaints"),
        "complaints.set_rules": _("Put rules of complaints into force"),
        "complaints.propose_cause": _("Propose a cause of complaints"),
        "complaints.propose_consequences": _("Propose rules of consequences"),
        "complaints.change_cause": _("Change the causes of complaints"),
    },
    details={"cause": pgettext_lazy("complaint", "cause"), "path": pgettext_lazy("complaint", "path")},
)
notices.declare(
    {
        "complaints.clock": _("A limit of a complaint runs out"),
        "complaints.given": _("A complaint is given to me"),
        "complaints.work": _("A complaint waits for my part"),
        "complaints.informed": _("A complaint that my post is to hear of"),
        "complaints.rules": _("Rules of complaints that were approved cannot come into force"),
        "complaints.at_risk": _("A customer of mine may leave over a complaint"),
    }
)
kinds.register(
    kinds.Kind(PLAN, _("Plan of a complaint"), _("Do these measures put the cause right?"), rank_name=_("grade"))
)
kinds.register(
    kinds.Kind(
        EXTENSION, _("Extend the handling of a complaint"), _("Is the matter so complicated that it takes longer?")
    )
)
for _code, _name, _evidence in (
    (RULES.kind, _("Rules of complaints"), proposed.of_rules),
    (CAUSES, _("Causes of complaints"), proposed.of_causes),
    (CONSEQUENCES.kind, _("Rules of consequences of complaints"), proposed.of_consequences),
):
    kinds.register(kinds.Kind(_code, _name, _("May these rules come into force?"), evidence=_evidence))
