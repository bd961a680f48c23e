"""A walk through every page with the demo bank, and once through an empty one: nothing serious for axe, nothing in the
console, no scrolling sideways at 1366×768. ``just screenshots`` keeps the pictures that docs/ shows.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from bench.standard_file import write_standard_file
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser_fixtures import serious_findings

from keheng.care.models import Contact, MonthAnalysis
from keheng.cli.migrate import load_presets
from keheng.common import clock
from keheng.complaints.models import Complaint
from keheng.customers.models import Customer, EmergencyAccess, LossFile, PrivacyCase, Project
from keheng.demo import bank
from keheng.demo.plan import Plan
from keheng.ingest import operations
from keheng.ingest.models import Batch
from keheng.org.models import Staff
from keheng.outreach.models import Event
from keheng.service_requests.models import PenaltySheet, ServiceRequest
from keheng.tiering.models import DryRun, Run
from keheng.workforce.models import Queue, Roster

PERSONS = 20_000 if "KEHENG_SCREENSHOTS" in os.environ else 400

type Open = Callable[..., Page]
type Shoot = Callable[[Page, str], None]

PAGES = {
    "custom-fields": ("head-office-manager", lambda: reverse("archive:fields")),
    "questionnaires": ("head-office-manager", lambda: reverse("archive:questionnaires")),
    "review-rules": ("head-office-manager", lambda: reverse("quality:rules-of", args=["reviews"])),
    "potentials": ("branch-head", lambda: reverse("archive:potentials")),
    "potential-lists": ("branch-head", lambda: reverse("archive:potential-lists")),
    "dashboard": ("branch-head", lambda: reverse("home")),
    "dashboard-manager": ("relationship-manager", lambda: reverse("home")),
    "dashboard-outlet": ("outlet-head", lambda: reverse("home")),
    "field": ("relationship-manager", lambda: reverse("field")),
    "agendas": ("head-office-manager", lambda: reverse("care:agendas")),
    "agenda-edit": ("head-office-manager", lambda: reverse("care:edit-agenda", args=["securities-branch"])),
    "lobby": ("lobby-manager", lambda: reverse("care:lobby")),
    "team": ("branch-head", lambda: reverse("care:team")),
    "team-tasks": ("branch-head", lambda: reverse("care:team-tasks")),
    "work-log": ("relationship-manager", lambda: reverse("care:work-log")),
    "checks": ("branch-head", lambda: reverse("care:checks")),
    "my-day": ("relationship-manager", lambda: reverse("care:my-day")),
    "day-reports": ("outlet-head", lambda: reverse("care:day-reports")),
    "analyses": ("branch-head", lambda: reverse("care:analyses")),
    "analysis": ("relationship-manager", lambda: reverse("care:analysis", args=[_own_analysis().pk])),
    "maturing": ("branch-head", lambda: reverse("maturing")),
    "customers": ("branch-head", lambda: reverse("customers")),
    "customers-filtered": ("branch-head", lambda: reverse("customers") + "?tier=T4&tier=T3&sort=-aum"),
    "customer": ("head-office-manager", lambda: reverse("customer", args=[_typical_customer().pk])),
    "customer-assets": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_customer().pk]) + "?tab=assets",
    ),
    "customer-changes": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_customer().pk]) + "?tab=changes",
    ),
    "customer-dossier": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_company().pk]) + "?tab=dossier",
    ),
    "customer-relations": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_company().pk]) + "?tab=relations",
    ),
    "customer-papers": (
        "head-office-manager",
        lambda: reverse("customer", args=[LossFile.objects.earliest("pk").customer_id]) + "?tab=papers",
    ),
    "sign-in-rules": ("administrator", lambda: reverse("org:sign-in-rules")),
    "customer-documents": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_customer().pk]) + "?tab=documents",
    ),
    "archive-reviews": ("branch-head", lambda: reverse("archive:review-list")),
    "archive-suggestions": ("branch-head", lambda: reverse("archive:suggestion-list")),
    "projects": ("branch-head", lambda: reverse("archive:projects")),
    "cooperation": ("branch-head", lambda: reverse("archive:cooperation")),
    "expiring": ("branch-head", lambda: reverse("archive:expiring") + "?due=90"),
    "tiering": ("head-office-manager", lambda: reverse("tiering")),
    "tiering-companies": ("head-office-manager", lambda: reverse("tiering-scheme", args=["corporate-size"])),
    "companies": ("head-office-manager", lambda: reverse("tiering-companies")),
    "company-list": ("head-office-manager", lambda: reverse("tiering-company-list")),
    "size-standards": ("head-office-manager", lambda: reverse("tiering-standards")),
    "strategic-list": ("head-office-manager", lambda: reverse("tiering-strategic")),
    "value-matrix": ("head-office-manager", lambda: reverse("tiering-value")),
    "value-layer": ("head-office-manager", lambda: reverse("tiering-value") + "?layer=large&size=revenue"),
    "value-list": ("head-office-manager", lambda: reverse("tiering-value-list")),
    "value-weights": ("head-office-manager", lambda: reverse("tiering-weights")),
    "value-facts": ("head-office-manager", lambda: reverse("tiering-facts-upload")),
    "metric-catalogue": ("head-office-manager", lambda: reverse("tiering-metrics")),
    "tiering-run": ("head-office-manager", lambda: reverse("tiering-run", args=[Run.objects.latest("pk").pk])),
    "tiering-versions": ("product-manager", lambda: reverse("tiering-versions", args=["bank-retail"])),
    "tiering-version": ("product-manager", lambda: reverse("tiering-version", args=["bank-retail", 2])),
    "tiering-draft": ("product-manager", lambda: reverse("tiering-draft", args=["bank-retail", 4])),
    "tiering-compare": ("product-manager", lambda: reverse("tiering-compare", args=["bank-retail"]) + "?from=1&to=3"),
    "tiering-dry-run": (
        "head-office-manager",
        lambda: reverse("tiering-dry-run", args=[DryRun.objects.earliest("pk").pk]),
    ),
    "tiering-matrix": ("head-office-manager", lambda: reverse("tiering-matrix", args=["bank-retail"])),
    "tiering-near": ("branch-head", lambda: reverse("tiering-near", args=["bank-retail"])),
    "tiering-funnel": ("branch-head", lambda: reverse("tiering-funnel", args=["bank-retail"])),
    "tiering-goals": ("branch-head", lambda: reverse("tiering-goals", args=["bank-retail"])),
    "tiering-goals-companies": ("head-office-manager", lambda: reverse("tiering-goals", args=["corporate-size"])),
    "tiering-goals-table": ("head-office-manager", lambda: reverse("tiering-goals-table", args=["bank-retail"])),
    "tiering-entitlements": ("product-manager", lambda: reverse("tiering-entitlements", args=["bank-retail"])),
    "tiering-protected": ("head-office-manager", lambda: reverse("tiering-protected", args=["bank-retail"])),
    "tiering-protect-list": ("branch-head", lambda: reverse("tiering-protect-upload", args=["bank-retail"])),
    "tiering-proposals": ("branch-head", lambda: reverse("tiering-proposals", args=["bank-retail"])),
    "tiering-owners": ("branch-head", lambda: reverse("tiering-distribution", args=["bank-retail"]) + "?by=owner"),
    "quality": ("branch-head", lambda: reverse("quality:overview")),
    "quality-archives": ("branch-head", lambda: reverse("quality:archives")),
    "quality-findings": ("branch-head", lambda: reverse("quality:findings") + "?state=open"),
    "quality-duplicates": ("head-office-manager", lambda: reverse("quality:duplicates") + "?state=open"),
    "quality-rules": ("head-office-manager", lambda: reverse("quality:rules")),
    "quality-inspections": ("branch-head", lambda: reverse("quality:inspections")),
    "events": ("outlet-head", lambda: reverse("outreach:events")),
    "events-calendar": ("outlet-head", lambda: reverse("outreach:calendar")),
    "event-new": ("outlet-head", lambda: reverse("outreach:new")),
    "event-guests": ("outlet-head", lambda: _open_event().get_absolute_url()),
    "event-costs": ("outlet-head", lambda: _open_event().get_absolute_url() + "?tab=costs"),
    "event-result": ("outlet-head", lambda: _held_event().get_absolute_url() + "?tab=result"),
    "event-audience": ("outlet-head", lambda: reverse("outreach:audience", args=[_open_event().pk])),
    "event-door": ("teller", lambda: reverse("outreach:door", args=[_open_event().pk])),
    "event-rules": ("head-office-manager", lambda: reverse("outreach:rules")),
    "care-pool": ("branch-head", lambda: reverse("care:pool")),
    "care-load": ("branch-head", lambda: reverse("care:load")),
    "care-market": ("lobby-manager", lambda: reverse("care:market")),
    "care-hand-overs": ("relationship-manager", lambda: reverse("care:hand-overs")),
    "care-referrals": ("relationship-manager", lambda: reverse("care:referrals")),
    "care-oversight": ("branch-head", lambda: reverse("care:oversight")),
    "care-orphans": ("branch-head", lambda: reverse("care:orphans")),
    "care-quarter": ("branch-head", lambda: reverse("care:quarter")),
    "care-cover": ("outlet-head", lambda: reverse("care:cover")),
    "care-assignment-rules": ("head-office-manager", lambda: reverse("care:assignment-rules")),
    "customer-owners": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_customer().pk]) + "?tab=owners",
    ),
    "customer-contacts": (
        "relationship-manager",
        lambda: reverse("customer", args=[_contacted_customer().pk]) + "?tab=contacts",
    ),
    "care-compliance": ("branch-head", lambda: reverse("care:compliance")),
    "care-rules": ("head-office-manager", lambda: reverse("care:rules")),
    "care-messages": ("branch-head", lambda: reverse("care:messages")),
    "service-desk": ("teller", lambda: reverse("service_requests:desk")),
    "service-request": ("outlet-head", lambda: _open_request().get_absolute_url()),
    "service-intake": (
        "teller",
        lambda: reverse("service_requests:new") + f"?customer={_open_request().customer_id}&business=transfer-account",
    ),
    "complaints": ("complaint-officer", lambda: reverse("complaints:list")),
    "complaints-board": ("complaint-officer", lambda: reverse("complaints:board")),
    "complaint": ("service-manager", lambda: Complaint.objects.open().earliest("pk").get_absolute_url()),
    "complaint-figures": ("branch-head", lambda: reverse("complaints:figures")),
    "complaint-checklist": ("branch-head", lambda: reverse("complaints:checklist")),
    "complaint-register": ("complaint-officer", lambda: reverse("complaints:register-forms")),
    "complaint-sheet": (
        "complaint-officer",
        lambda: reverse("complaints:sheet", args=[Complaint.objects.open().earliest("pk").pk, "handling"]),
    ),
    "complaint-mail": ("complaint-officer", lambda: reverse("complaints:mail")),
    "complaint-mail-settings": ("head-office-manager", lambda: reverse("complaints:mail-settings")),
    "complaint-lessons": ("relationship-manager", lambda: reverse("complaints:lessons")),
    "complaint-intake": ("teller", lambda: reverse("complaints:new")),
    "complaint-rules": ("head-office-manager", lambda: reverse("complaints:settings")),
    "complaint-causes": ("head-office-manager", lambda: reverse("complaints:causes")),
    "service-penalties": ("outlet-head", lambda: reverse("service_requests:sheets")),
    "service-sheet": ("branch-head", lambda: PenaltySheet.objects.earliest("pk").get_absolute_url()),
    "service-figures": ("outlet-head", lambda: reverse("service_requests:figures")),
    "service-board": ("teller", lambda: reverse("service_requests:board")),
    "service-catalogue": ("outlet-head", lambda: reverse("service_requests:catalogue")),
    "webhooks": ("administrator", lambda: reverse("webhooks:list")),
    "webhook-new": ("administrator", lambda: reverse("webhooks:new")),
    "imports": ("administrator", lambda: reverse("ingest:batches")),
    "import-result": ("administrator", lambda: reverse("ingest:batch", args=[Batch.objects.latest("pk").pk])),
    "import-new": ("administrator", lambda: reverse("ingest:new")),
    "branches": ("administrator", lambda: reverse("org:branches")),
    "staff": ("administrator", lambda: reverse("org:staff")),
    "roles": ("administrator", lambda: reverse("org:roles")),
    "calendar": ("administrator", lambda: reverse("org:calendar")),
    "api": ("administrator", lambda: reverse("api-docs")),
    "api-tokens": ("administrator", lambda: reverse("org:tokens")),
    "api-token-new": ("administrator", lambda: reverse("org:new-token")),
    "confidentiality": ("administrator", lambda: reverse("archive:confidentiality")),
    "confidentiality-change": ("administrator", lambda: reverse("archive:confidentiality") + "?edit=1"),
    "privacy-rules": ("risk-officer", lambda: reverse("archive:privacy-rules")),
    "privacy-cases": ("risk-officer", lambda: reverse("archive:cases")),
    "privacy-case": ("risk-officer", lambda: reverse("archive:case", args=[_request_to_erase().pk])),
    "privacy-case-new": ("risk-officer", lambda: reverse("archive:case-new")),
    "impact-assessments": ("risk-officer", lambda: reverse("archive:assessments")),
    "emergency": ("relationship-manager", lambda: reverse("archive:emergency-new")),
    "emergency-reviews": ("risk-officer", lambda: reverse("archive:emergencies")),
    "emergency-review": (
        "risk-officer",
        lambda: reverse("archive:emergency", args=[EmergencyAccess.objects.filter(verdict="").latest("pk").pk]),
    ),
    "files-handed-out": ("branch-head", lambda: reverse("archive:handouts")),
    "export-new": ("branch-head", lambda: reverse("archive:export-new") + "?list=/customers/"),
    "customer-consent": (
        "head-office-manager",
        lambda: reverse("customer", args=[_typical_customer().pk]) + "?tab=consent",
    ),
    "workforce": ("call-supervisor", lambda: reverse("workforce:queues")),
    **{
        f"workforce-{tab}": (
            "call-supervisor",
            lambda tab=tab: reverse("workforce:queue", args=[Queue.objects.get(code="hotline").pk]) + f"?tab={tab}",
        )
        for tab in ("forecast", "staffing", "history", "cleaning", "accuracy", "settings")
    },
    "workforce-take-in": ("call-supervisor", lambda: reverse("workforce:take-in")),
    "workforce-library": ("call-supervisor", lambda: reverse("workforce:library")),
    "workforce-rosters": ("call-supervisor", lambda: reverse("workforce:rosters")),
    "workforce-roster": (
        "call-supervisor",
        lambda: reverse("workforce:roster", args=[Roster.objects.get(state="published").pk]),
    ),
    "workforce-roster-new": ("call-supervisor", lambda: reverse("workforce:roster-new")),
    "workforce-calendar": ("call-agent", lambda: reverse("workforce:calendar")),
    "workforce-requests": ("call-supervisor", lambda: reverse("workforce:requests")),
    "workforce-reports": ("call-supervisor", lambda: reverse("workforce:reports")),
    "workforce-performance": ("call-supervisor", lambda: reverse("workforce:performance")),
    "audit": ("auditor", lambda: reverse("audit:list")),
}


def _typical_customer() -> Customer:
    """A person of the upper tiers with a manager: the page has something in every part."""
    return Customer.objects.filter(kind="person", tier="T4", owner__isnull=False, confidentiality=1).order_by("-aum")[0]


def _typical_company() -> Customer:
    """A company with a project: its dossier has something in most sections."""
    return Project.objects.select_related("customer").order_by("-customer__aum", "pk")[0].customer


def _request_to_erase() -> PrivacyCase:
    return PrivacyCase.objects.get(kind="deletion")


def _open_event() -> Event:
    """A salon of the outlet that still invites."""
    return Event.objects.filter(state="open", kind="salon").latest("starts_at")


def _held_event() -> Event:
    return Event.objects.filter(state="closed", kind="salon").latest("starts_at")


def _open_request() -> ServiceRequest:
    """A request at the teller's outlet that somebody has in hand."""
    outlet = Staff.objects.get(username="teller").branch_id
    return ServiceRequest.objects.open().filter(branch=outlet, assignee__isnull=False).latest("pk")


@pytest.fixture
def demo_bank(transactional_db: None, tmp_path: Path) -> None:
    load_presets()
    bank.build(Plan(PERSONS, 1, clock.today()), clock.now(), lambda _title: nullcontext(lambda _share: None))
    _import(tmp_path / "客户日终.csv")


def _import(path: Path) -> None:
    """A file of the core system, as they come: a few rows are wrong."""
    write_standard_file(path, PERSONS // 4, as_of=clock.today())
    lines = path.read_text().splitlines()
    lines[3] = lines[3].replace(",", ",,", 1)
    lines[7] = f"{lines[7].split(',')[0]},{lines[7].split(',', 1)[1]}".replace("个人", "人", 1)
    lines.append(lines[9])
    path.write_text("\n".join(lines))
    actor = Staff.objects.get(username="administrator")
    batch = operations.create(profile="standard", path=path, actor=actor, at=clock.now())
    operations.load(batch=batch, actor=actor, now=clock.now)


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)


def _faults(page: Page, name: str) -> list[str]:
    """What is wrong with a page; all pages are walked before any fault is told."""
    faults = [f"{name}: {found}" for found in serious_findings(page)]
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return faults + [f"{name} scrolls sideways by {sideways} px"] * (sideways > 0)


def _contacted_customer() -> Customer:
    return Contact.objects.filter(customer__owner__username="relationship-manager").latest("at").customer


def _own_analysis() -> MonthAnalysis:
    return MonthAnalysis.objects.filter(staff__username="relationship-manager").latest("month")


@pytest.mark.browser
def test_every_page_of_the_demo_bank(demo_bank: None, open_page: Open, screenshot: Shoot) -> None:
    visitor = open_page()
    visitor.goto(reverse("account_login"))
    _settle(visitor)
    faults = _faults(visitor, "sign-in")
    screenshot(visitor, "sign-in")
    for name, (role, address) in PAGES.items():
        page = open_page(Staff.objects.get(username=role))
        page.goto(address())
        _settle(page)
        faults += _faults(page, name)
        screenshot(page, name)
        page.context.close()
    dark = open_page(Staff.objects.get(username="branch-head"), theme="dark")
    dark.goto(reverse("customers"))
    _settle(dark)
    faults += _faults(dark, "customers-dark")
    screenshot(dark, "customers-dark")
    assert faults == []


@pytest.mark.browser
def test_every_page_of_an_empty_bank(staff_of: Callable[[str], Staff], open_page: Open) -> None:
    load_presets()
    faults: list[str] = []
    for name in (
        "dashboard",
        "dashboard-manager",
        "lobby",
        "team",
        "my-day",
        "maturing",
        "customers",
        "tiering",
        "quality",
        "quality-duplicates",
        "quality-inspections",
        "imports",
        "import-new",
        "branches",
        "staff",
        "audit",
        "workforce",
        "workforce-rosters",
        "workforce-library",
        "workforce-calendar",
        "workforce-requests",
        "workforce-reports",
        "workforce-performance",
        "projects",
        "cooperation",
        "expiring",
        "events",
        "events-calendar",
        "event-new",
        "event-rules",
        "service-desk",
        "service-penalties",
        "service-figures",
    ):
        role, address = PAGES[name]
        page = open_page(staff_of(role))
        page.goto(address())
        _settle(page)
        faults += _faults(page, name)
        page.context.close()
    assert faults == []


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()
