"""The catalogue and what being late costs are changed in the product: one proposes, another puts it into force."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import StaffFactory, as_

from keheng.approvals.enums import Act as Answer
from keheng.approvals.operations import decide
from keheng.approvals.queries import evidence
from keheng.common import clock
from keheng.notices.models import Notice
from keheng.org.models import Role, Staff
from keheng.service_requests.models import CatalogueVersion, ServiceRequest
from keheng.service_requests.operations.catalogue import CATALOGUE, propose_business
from keheng.versions.queries import waiting

pytestmark = pytest.mark.usefixtures("ten_past_nine")
Opened = Callable[..., ServiceRequest]


@pytest.fixture
def approve(outlet: Any, django_capture_on_commit_callbacks: Any) -> Callable[[str], None]:
    """The head office approves the first proposal of a kind that waits, and what follows is carried out."""
    second = StaffFactory.create(role=Role.objects.get(code="head-office-manager"), name="总行")

    def run(kind: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            decide(request=waiting(kind)[0], outcome=Answer.APPROVE, actor=second, reason="", at=clock.now())

    return run


def test_decision_10_is_changed_on_its_page_by_two_people(
    opened: Opened, teller: Staff, approve: Callable[[str], None]
) -> None:
    owner = StaffFactory.create(permissions=["service_requests.*"])
    opened()
    address = reverse("service_requests:change-penalties")
    assert as_(teller).get(address).status_code == 403
    form = as_(owner).get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    assert [values[f"edges-{place}"] for place in range(3)] == [5, 10, 20]
    values["note"] = "2026 年考核办法"
    for change in ({}, {"edges-1": 4}, {"points-0": 1}):
        assert as_(owner).post(address, {**values, **change}).status_code == 200, change
    assert as_(owner).post(address, {**values, "edges-2": 30, "points-0": "-0.3", "errors-1": "-4"}).status_code == 204
    told = dict(evidence(waiting(CATALOGUE.kind)[0]))
    assert len(told) == 3
    approve(CATALOGUE.kind)
    rules = opened().catalogue
    assert rules.penalties.final_edge == timedelta(minutes=30)
    assert [str(points) for points in (rules.penalties.bands[0].points, *rules.penalties.errors)] == [
        "-0.3",
        "-1.5",
        "-4",
    ]
    assert rules.marks[-1].over == timedelta(minutes=30), "whoever hears of the last edge hears of it there"
    version = CatalogueVersion.objects.latest("number")
    assert version.proposed_by == owner != version.set_by


def test_a_catalogue_that_has_changed_meanwhile_is_proposed_anew(
    opened: Opened, approve: Callable[[str], None]
) -> None:
    owner = StaffFactory.create(permissions=["service_requests.*"])
    opened()
    for words in ("甲", "乙"):
        values = {"words": words}
        propose_business(code="other", values=values, note="试", actor=owner, at=clock.now())
    approve(CATALOGUE.kind)
    approve(CATALOGUE.kind)
    assert CatalogueVersion.objects.count() == 2
    assert Notice.objects.filter(kind="service_requests.rules", staff=owner).count() == 1
    assert CatalogueVersion.objects.latest("number").catalogue.businesses["other"].words == "甲"


def test_the_catalogue_is_shown_with_its_sources_and_changed_as_a_version(
    opened: Opened, teller: Staff, approve: Callable[[str], None]
) -> None:
    owner = StaffFactory.create(permissions=["service_requests.*"])
    before = opened()
    page = as_(teller).get(reverse("service_requests:catalogue")).content.decode()
    for words in ("转户业务", "A6 转户", "决策 9", "-1.5"):
        assert words in page, words
    address = reverse("service_requests:change-business", args=["authorisation-code"])
    assert as_(teller).get(address).status_code == 403
    limits = {f"{kind}-{who}": "10m" for kind in ("response", "handling", "feedback") for who in ("normal", "priority")}
    refused = as_(owner).post(address, {**limits, "handling-normal": "bald", "note": "x"})
    assert "不是时限" in refused.content.decode()
    assert as_(owner).post(address, {**limits, "note": "支行会议决定"}).status_code == 204
    assert "等待另一人批准" in as_(teller).get(reverse("service_requests:catalogue")).content.decode()
    assert opened().version == before.version, "nothing changes before a second person approves"
    approve(CATALOGUE.kind)
    after = opened()
    assert [found.clocks.get(kind="handling").limit for found in (before, after)] == ["15m", "10m"]
    assert (before.version.number, after.version.number) == (1, 2)
