"""Ownership's places: scope, merges, erasures."""

from keheng.care.models import Ownership
from keheng.care.queries.ownership import reach_beyond_own
from keheng.customers.models import reach
from keheng.customers.privacy.erasure import register_statement
from keheng.customers.quality import unification
from keheng.customers.quality.unification import TableRule

reach.register(reach_beyond_own)
unification.declare(
    {
        # Two archives had each an owner at a time: those of the one that stays count.
        "care_ownership": TableRule(
            gives_way="""gone.customer_id = %(goes)s and exists (
                select from care_ownership kept
                 where kept.customer_id = %(stays)s and kept.part = gone.part and kept.period && gone.period)"""
        ),
    }
)
register_statement(Ownership, "update care_ownership set reason = '' where customer_id = any(%(ids)s) and reason <> ''")
