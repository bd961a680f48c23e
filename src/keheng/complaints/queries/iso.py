"""The checklist of ISO 10002: each point is answered by what the product knows, never by a tick of the hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.complaints.enums import Channel, RuleSet
from keheng.complaints.models import ClosingTalk, Conclusion, Lesson, RuleVersion
from keheng.complaints.queries import figures
from keheng.complaints.queries.figures import Period
from keheng.org.models import Staff


@dataclass(frozen=True)
class Point:
    """One point: what is asked, what the data say, whether it is met (``None``: nothing to judge), where to look."""

    clause: str
    question: str
    answer: str
    met: bool | None
    page: str


def checklist(staff: Staff, period: Period, at: datetime) -> list[Point]:
    """The points in the order of the standard, over a period."""
    seen = figures.registered(staff, period)
    told = figures.summary(staff, period, at)
    number = told["registered"]
    found = figures.rates(staff, period)
    internal, regulatory = (figures.rate_of(found, rule_set) for rule_set in RuleSet)
    tracker = figures.measures(staff, at.astimezone(SHANGHAI).date())
    talks = ClosingTalk.objects.filter(complaint__in=seen).aggregate(
        talks=Count("complaint", distinct=True),
        n=Count("pk", filter=Q(satisfied__isnull=False)),
        content=Count("pk", filter=Q(satisfied=True)),
    )
    took = ExpressionWrapper(F("replied_at") - F("received_at"), output_field=DurationField())
    mean = seen.exclude(replied_at=None).aggregate(mean=Avg(took))["mean"]
    channels = seen.values("channel").distinct().count()
    oral = seen.filter(channel__in=[Channel.PHONE, Channel.ON_SITE])
    spoken, unread = oral.count(), oral.filter(read_back_at=None).count()
    conclusions = Conclusion.objects.filter(complaint__in=seen)
    lessons = Lesson.objects.visible_to(staff).filter(period.of("published_at")).count()
    versions = RuleVersion.objects.count()
    graded, ungraded = seen.exclude(grade=None).count(), seen.filter(grade=None, state="registered").count()
    searched = seen.filter(root_cause__isnull=False).count()
    causes = len(figures.pareto(staff, period))
    effects = {"done": tracker["done"], "over": tracker["overdue"], "failed": tracker["failed"]}
    appeals = {"n": conclusions.count(), "a": conclusions.exclude(appealed_at=None).count()}
    rules, list_ = "settings", "list"
    return [
        Point(
            "4.3",
            _("Can people complain in every way?"),
            _("%(n)d channels used") % {"n": channels},
            _any(number, channels > 1),
            list_,
        ),
        Point(
            "4.9",
            _("Is responsibility concluded, with an appeal?"),
            _("%(n)d conclusions, %(a)d appeals") % appeals,
            None,
            list_,
        ),
        Point(
            "5.2",
            _("Is there a policy with limits that everybody can read?"),
            _("%(n)d versions of rules") % {"n": versions},
            versions >= len(RuleSet),
            rules,
        ),
        Point(
            "7.2",
            _("Is each spoken complaint read back and registered?"),
            _part(_("%(n)d of %(all)d spoken complaints read back"), spoken - unread, spoken),
            _any(spoken, not unread),
            list_,
        ),
        Point(
            "7.4",
            _("Is receipt confirmed at once?"),
            _part(_("receipt of %(n)d of %(all)d complaints confirmed"), told["acknowledged"], number),
            _any(number, told["acknowledged"] == number),
            list_,
        ),
        Point(
            "7.5",
            _("Is each assessed for its gravity?"),
            _part(_("%(n)d of %(all)d complaints graded"), graded, number),
            _any(number, not ungraded),
            list_,
        ),
        Point(
            "7.6",
            _("Is the cause looked for?"),
            _part(_("root cause found of %(n)d of %(all)d complaints"), searched, number),
            _any(number, searched > 0),
            list_,
        ),
        Point(
            "7.7",
            _("Is the reply in time, internally?"),
            _part(_("%(n)d of %(all)d internal limits kept"), internal.met, internal.judged),
            _rate(internal),
            "figures",
        ),
        Point(
            "7.8",
            _("Is the decision told within the law's limit, with the remedies?"),
            _part(_("%(n)d of %(all)d regulatory limits kept"), regulatory.met, regulatory.judged),
            _rate(regulatory),
            "figures",
        ),
        Point(
            "7.9",
            _("Is the complaint closed with the complainant?"),
            _part(_("%(n)d of %(all)d closed complaints talked over"), talks["talks"], told["closed"]),
            _any(told["closed"], talks["talks"] >= told["closed"] - told["withdrawn"]),
            list_,
        ),
        Point(
            "8.1",
            _("Are complaints collected as data, with their mean time to reply?"),
            _days(mean),
            _any(number, mean is not None),
            "figures",
        ),
        Point(
            "8.2",
            _("Are causes analysed?"),
            _("%(n)d causes in the Pareto") % {"n": causes},
            _any(number, causes > 0),
            "figures",
        ),
        Point(
            "8.3",
            _("Are complainants asked whether they are content?"),
            _part(_("%(n)d of %(all)d complainants content"), talks["content"], talks["n"]),
            _any(told["closed"], talks["n"] > 0),
            "figures",
        ),
        Point(
            "8.7",
            _("Are measures carried out in time, and do they hold?"),
            _("%(done)d done, %(over)d overdue, %(failed)d without effect") % effects,
            _any(tracker["done"] + tracker["overdue"], not tracker["overdue"]),
            "figures",
        ),
        Point(
            "8.7",
            _("Does everybody learn from it?"),
            _("%(n)d lessons published") % {"n": lessons},
            _any(number, lessons > 0),
            "lessons",
        ),
    ]


def _any(number: int, holds: bool) -> bool | None:
    return holds if number else None


def _part(words: str, some: int, all_: int) -> str:
    return words % {"n": some, "all": all_} if all_ else _("none in the period")


def _rate(rate: Any) -> bool | None:
    return rate.met == rate.judged if rate.judged else None


def _days(mean: Any) -> str:
    return _("%(n).1f days") % {"n": mean.total_seconds() / 86_400} if mean else _("none in the period")
