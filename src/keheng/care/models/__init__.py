"""The tables of the module, a file a topic."""

from keheng.care.models.agenda import AgendaChoice, AgendaTemplate, AgendaVersion
from keheng.care.models.analysis import MonthAnalysis
from keheng.care.models.assignment import (
    AssignmentRun,
    AssignmentShare,
    AssignmentVersion,
    CustomerNeed,
    StaffSkill,
)
from keheng.care.models.checks import LogCheck, LogCheckItem
from keheng.care.models.contacts import CareProfile, Contact, ContactVersion
from keheng.care.models.day import DayReport
from keheng.care.models.lobby import LobbyTicket
from keheng.care.models.ownership import CoverPeriod, Ownership
from keheng.care.models.rules import RuleVersion
from keheng.care.models.tasks import Contribution, Duty, LunarMonth, Message, PlanRun, Task
from keheng.care.models.transfers import CustomerChoice, HandOver, HandOverItem, Referral

__all__ = [
    "AgendaChoice",
    "AgendaTemplate",
    "AgendaVersion",
    "AssignmentRun",
    "AssignmentShare",
    "AssignmentVersion",
    "CareProfile",
    "Contact",
    "ContactVersion",
    "Contribution",
    "CoverPeriod",
    "CustomerChoice",
    "CustomerNeed",
    "DayReport",
    "Duty",
    "HandOver",
    "HandOverItem",
    "LobbyTicket",
    "LogCheck",
    "LogCheckItem",
    "LunarMonth",
    "Message",
    "MonthAnalysis",
    "Ownership",
    "PlanRun",
    "Referral",
    "RuleVersion",
    "StaffSkill",
    "Task",
]
