"""Writes of approvals: asking, answering, escalating, setting limits."""

from keheng.approvals.operations.asking import ask, ask_many, resubmit, withdraw, withdraw_many
from keheng.approvals.operations.deciding import Decided, decide, decide_many
from keheng.approvals.operations.escalating import escalate_overdue, expire_lapsed
from keheng.approvals.operations.forgetting import forget
from keheng.approvals.operations.limits import NewLimit, load_presets, set_limits

__all__ = [
    "Decided",
    "NewLimit",
    "ask",
    "ask_many",
    "decide",
    "decide_many",
    "escalate_overdue",
    "expire_lapsed",
    "forget",
    "load_presets",
    "resubmit",
    "set_limits",
    "withdraw",
    "withdraw_many",
]
