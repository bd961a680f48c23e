"""The planning of a day: what it consists of and how it runs."""

from keheng.care.operations.planning.run import AlreadyPlanningError, plan_day

__all__ = ["AlreadyPlanningError", "plan_day"]
