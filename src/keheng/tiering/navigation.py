"""Tiering's places: the navigation, the customer page, the names of its permissions."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.approvals.kinds import Kind
from keheng.approvals.navigation import DECISIONS
from keheng.audit import actions
from keheng.customers.archive import potentials, tiers, triggers
from keheng.customers.archive.potentials import Limit, PotentialRule
from keheng.customers.navigation.dossier import COMPANIES
from keheng.customers.quality import unification
from keheng.ingest.navigation import DATA
from keheng.notices import kinds as notices
from keheng.tiering import operations
from keheng.tiering.enums import Direction
from keheng.tiering.operations.proposals import KINDS
from keheng.tiering.operations.protection import KIND as PROTECT
from keheng.tiering.queries import evidence_of_request
from keheng.tiering.queries.schemes import tiers_by_kind
from keheng.tiering.timeline import tier_changes
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import SideCard, register_card
from keheng.ui.timeline import TimelineSource, register_source

declare(
    {
        "tiering.view": _("See tiers and moves"),
        "tiering.run": _("Start an evaluation of tiers"),
        "tiering.protect": _("Protect customers from downgrades"),
        "tiering.maintain": _(
            "Keep size standards, the strategic list, the weights of the value matrix and the goals of tiers"
        ),
        "tiering.edit": _("Draft tier rules"),
        "tiering.try": _("Start a dry run of tier rules"),
    }
)
kinds.register(
    kinds.Kind(
        operations.PUBLISH, _("Publish tier rules"), _("May this version of the rules sort customers from its date on?")
    )
)
actions.declare(
    {
        "tiering.request": _("Ask for an evaluation of tiers"),
        "tiering.evaluate": _("Evaluate tiers"),
        "tiering.approved": _("Carry out approved moves"),
        "tiering.protect": _("Protect a customer from downgrades"),
        "tiering.unprotect": _("End the protection of a customer"),
        "tiering.standards": _("Change the size standards of companies"),
        "tiering.strategic": _("Put a strategic list in force"),
        "tiering.weights": _("Change the weights of the value matrix"),
        "tiering.facts": _("Enter facts of the value matrix"),
        "tiering.value": _("Compute the value matrix"),
        "tiering.goals": _("Change the goals of tiers"),
        "tiering.draft": _("Begin a draft of tier rules"),
        "tiering.edit": _("Save a draft of tier rules"),
        "tiering.discard": _("Discard a draft of tier rules"),
        "tiering.submit": _("Submit tier rules for publication"),
        "tiering.publish": _("Publish tier rules"),
        "tiering.return": _("Return a draft of tier rules"),
        "tiering.try": _("Start a dry run of tier rules"),
        "tiering.delete": _("Delete a tier scheme"),
    },
    details={
        "as_of": _("as of"),
        "until": _("until"),
        "evaluated": _("customers evaluated"),
        "version": _("version"),
        "groups": _("groups"),
        "number": _("number"),
        "facts": _("facts"),
        **dict(Direction.choices),
    },
)
for _direction, _name, _question in (
    (Direction.UP, _("Tier upgrade"), _("May the customer rise to the higher tier?")),
    (Direction.DOWN, _("Tier downgrade"), _("May the customer go down to the lower tier?")),
):
    _kind = Kind(KINDS[_direction], _name, _question, rank_name=_("Tier"), in_bulk=True, evidence=evidence_of_request)
    kinds.register(_kind)
kinds.register(
    Kind(
        PROTECT,
        _("Protection from downgrades"),
        _("May no downgrade touch the customer until the date?"),
        rank_name=_("Tier"),
        in_bulk=True,
    )
)
notices.declare({"tiering.moved": _("Customers of mine have moved to another tier")})
tiers.register(tiers_by_kind)
triggers.register("tier_move", _("The tier has moved"))
register(NavItem(Group.CUSTOMERS, _("Tiers and moves"), "stairs-up", "tiering", "tiering.view", order=20))
for _label, _icon, _url_name, _order in (
    (_("Companies by type"), "building", "tiering-companies", 10),
    (_("Size standards"), "ruler-2", "tiering-standards", 12),
    (_("Strategic list"), "list-details", "tiering-strategic", 14),
    (_("Value matrix"), "chart-bubble", "tiering-value", 20),
    (_("Weights of the value matrix"), "scale", "tiering-weights", 22),
):
    register(NavItem(COMPANIES.group, _label, _icon, _url_name, "tiering.view", order=_order, family=COMPANIES))
register(
    NavItem(DATA.group, _("Metric catalogue"), "math-function", "tiering-metrics", "tiering.view", 20, family=DATA)
)
register_card(SideCard("customer", "value", "tiering-value-card", "tiering.view", order=25))
register_card(SideCard("customer-archive", "tier", "tiering-why", "tiering.view"))
register(
    NavItem(
        *(DECISIONS.group, _("Moves for approval"), "arrows-up-down", "tiering-all-proposals", "tiering.view"),
        order=30,
        family=DECISIONS,
    )
)
register_card(SideCard("customer", "tier", "tiering-why", "tiering.view", order=20))
register_source(TimelineSource("customer", "tiering", _("Tiers"), tier_changes, "tiering.view", order=60))
# The tier of a merged customer is the survivor's until the next evaluation.
unification.declare(
    {
        "tiering_standing": unification.TableRule(apart="drop"),
        "tiering_proposal": unification.TableRule(apart="drop"),
        "tiering_valuescore": unification.TableRule(apart="drop"),
    }
)
potentials.register(  # the edges of the primary scheme of each kind, as published and in force
    PotentialRule(
        "near",
        _("Close below the next tier"),
        "select c.id, c.aum from customers_customer c where c.status = 'active' and exists ("
        " select from tiering_scheme scheme"
        " join lateral (select definition from tiering_schemeversion where scheme_id = scheme.id and state <> 'draft'"
        " and valid_from <= current_date order by valid_from desc, number desc limit 1) version on true"
        " cross join lateral (select (step -> 'band' ->> 'lower')::numeric as lower"
        " from jsonb_array_elements(version.definition -> 'tiers') as step) edge"
        " where scheme.is_primary and scheme.kind = c.kind and version.definition ->> 'metric' = 'aum'"
        " and edge.lower >= %(edge)s and c.aum < edge.lower and c.aum >= edge.lower * (1 - %(share)s / 100.0))",
        (
            Limit("share", _("Lacks at most"), Decimal(10), "percent"),
            Limit("edge", _("Edges from"), Decimal(50_000)),
        ),
        "A2 差额升级；按现行主方案的档位",
    )
)
