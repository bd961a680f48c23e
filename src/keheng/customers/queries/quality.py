"""How good the data are, by owner and outlet: one pass over the scores in scope, sums of them for every table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from keheng.customers.enums import FindingState, RuleTopic, Severity
from keheng.customers.models import ArchiveScore, Customer, CustomField, Finding, QualityRun
from keheng.customers.quality import completeness
from keheng.customers.queries.quality_rules import quality_rules
from keheng.customers.queries.validity import CHECKS, SqlCheck
from keheng.org.models import Branch, Staff


@dataclass(frozen=True)
class Rate:
    """The archives of somebody or some place.

    Attributes:
        effective: customers that count; ``idle`` are the empty cards and dormant passbooks left out.
        complete: of the effective ones, those whose archive is complete.
        points: the sum of their scores.
    """

    effective: int = 0
    idle: int = 0
    complete: int = 0
    points: int = 0

    @property
    def rate(self) -> float | None:
        """The completeness rate 有效资料完备率 from 0 to 1: the mean score of the effective customers."""
        return self.points / self.effective / 100 if self.effective else None

    @property
    def effective_points(self) -> int:
        """What the points would be were every archive complete."""
        return self.effective * 100

    @property
    def share(self) -> float | None:
        """Which part of the effective archives is complete."""
        return self.complete / self.effective if self.effective else None

    @property
    def tone(self) -> str:
        rate = self.rate or 0
        return "met" if rate >= 0.8 else "near" if rate >= 0.6 else "over"

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            self.effective + other.effective,
            self.idle + other.idle,
            self.complete + other.complete,
            self.points + other.points,
        )


@dataclass(frozen=True)
class RateOf:
    """The rate of a branch or a member of staff; ``None`` stands for customers that nobody answers for."""

    holder: Branch | Staff | None
    rate: Rate


@dataclass(frozen=True)
class Report:
    whole: Rate
    outlets: list[RateOf]
    owners: list[RateOf]
    complete_from: int


def completeness_report(staff: Staff) -> Report:
    """The completeness of the archives in the scope of the member of staff; three queries, whatever the bank's size."""
    complete_from = quality_rules(RuleTopic.COMPLETENESS).rules.complete_from
    counts = Q(is_effective=True)
    cells = list(
        ArchiveScore.objects.visible_to(staff)
        .order_by()
        .values_list("customer__branch_id", "customer__owner_id")
        .annotate(
            effective=Count("pk", filter=counts),
            idle=Count("pk", filter=~counts),
            complete=Count("pk", filter=counts & Q(score__gte=complete_from)),
            points=Sum("score", filter=counts, default=0),
        )
    )
    branches = Branch.objects.in_bulk({cell[0] for cell in cells})
    owners = Staff.objects.get_queryset().in_bulk({cell[1] for cell in cells if cell[1]})
    return Report(
        whole=_sum(cells),
        outlets=sorted(_by(cells, 0, branches.get), key=lambda one: getattr(one.holder, "path", "")),
        owners=sorted(_by(cells, 1, owners.get), key=lambda one: (one.rate.rate is None, one.rate.rate or 0)),
        complete_from=complete_from,
    )


@dataclass(frozen=True)
class CheckCount:
    check: SqlCheck
    severity: str
    open: int
    accepted: int

    @property
    def severity_label(self) -> str:
        return str(Severity(self.severity).label)


def findings_by_check(staff: Staff) -> list[CheckCount]:
    """How many findings of each check stand in scope, the gravest and most numerous first."""
    rows = (
        Finding.objects.visible_to(staff)
        .order_by()
        .values_list("rule", "severity")
        .annotate(
            open=Count("pk", filter=Q(state=FindingState.OPEN)),
            accepted=Count("pk", filter=Q(state=FindingState.ACCEPTED)),
        )
    )
    grave = {"error": 0, "warning": 1, "note": 2}
    found = [CheckCount(CHECKS[rule], severity, *counts) for rule, severity, *counts in rows if rule in CHECKS]
    return sorted(found, key=lambda one: (grave[one.severity], -one.open))


def weighable_fields() -> dict[str, completeness.Field]:
    """Whatever completeness can weigh, by code: also the fields that this institution has added. One query."""
    custom = [
        completeness.added(one.code, one.label, (one.kind,) if one.kind else completeness.BOTH, one.section)
        for one in CustomField.objects.filter(is_active=True)
    ]
    return completeness.fields() | {field.code: field for field in custom}


def missing_words(
    codes: Sequence[str], known: Mapping[str, completeness.Field] | None = None
) -> list[tuple[completeness.Field, str]]:
    """Missing fields with their labels, in the order of the rules; ``known`` saves the query where there are many."""
    known = weighable_fields() if known is None else known
    return [(known[code], str(known[code].label)) for code in codes if code in known]


def last_run(topic: RuleTopic) -> QualityRun | None:
    """The last refresh of a topic."""
    return QualityRun.objects.filter(topic=topic).order_by("-pk").first()


def _sum(cells: Iterable[Sequence[Any]]) -> Rate:
    return sum((Rate(*cell[2:]) for cell in cells), Rate())


def _by(
    cells: Sequence[Sequence[Any]], place: int, holder_of: Callable[[Any], Branch | Staff | None]
) -> Iterable[RateOf]:
    for key in {cell[place] for cell in cells}:
        yield RateOf(holder_of(key) if key else None, _sum(cell for cell in cells if cell[place] == key))


def findings_of(customer: Customer) -> list[tuple[Finding, SqlCheck]]:
    """The open findings of one customer with their checks."""
    found = Finding.objects.filter(customer=customer, state=FindingState.OPEN).order_by("severity", "pk")
    return [(finding, CHECKS[finding.rule]) for finding in found if finding.rule in CHECKS]


def missing_of(customer: Customer) -> list[tuple[completeness.Field, str]]:
    """What the archive of one customer lacks."""
    codes = ArchiveScore.objects.filter(customer=customer).values_list("missing", flat=True).first()
    return missing_words(codes or [])
