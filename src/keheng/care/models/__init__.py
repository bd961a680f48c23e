"""The tables of the module, a file a topic."""

from keheng.care.models.contacts import CareProfile, Contact, ContactVersion
from keheng.care.models.ownership import CoverPeriod, Ownership
from keheng.care.models.rules import RuleVersion
from keheng.care.models.tasks import Contribution, Duty, LunarMonth, Message, PlanRun, Task

__all__ = [
    "CareProfile",
    "Contact",
    "ContactVersion",
    "Contribution",
    "CoverPeriod",
    "Duty",
    "LunarMonth",
    "Message",
    "Ownership",
    "PlanRun",
    "RuleVersion",
    "Task",
]
