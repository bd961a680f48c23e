from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import RequestFactory

from keheng.ui import navigation, permission_names
from keheng.ui.checks import check_navigation
from keheng.ui.navigation import Count, Family, Group, Navigation, NavItem, counts, register
from keheng.ui.permission_names import declare, declared, name_of

STAFF = NavItem(Group.SETTINGS, "员工", "users", "trial", "org.view", order=20)


class Somebody:
    """Whoever holds the given permissions."""

    def __init__(self, *held: str) -> None:
        self.held = held

    def can(self, permission: str) -> bool:
        return permission in self.held


@pytest.fixture(autouse=True)
def own_navigation(monkeypatch: pytest.MonkeyPatch, trial_pages: None) -> None:
    monkeypatch.setattr(navigation, "_items", {})


def shown(path: str, *held: str) -> list[tuple[str, list[Any]]]:
    request = RequestFactory().get(path)
    request.user = Somebody(*held)  # type: ignore[assignment]
    return [(str(label), members) for label, members in Navigation(request).links]


def counted(path: str, *held: str) -> list[Count]:
    request = RequestFactory().get(path)
    request.user = Somebody(*held)  # type: ignore[assignment]
    return counts(request)


def test_items_stand_in_their_group_by_order_for_those_who_may() -> None:
    register(STAFF)
    register(replace(STAFF, url_name="trial-charts", label="图表", order=10, permission=""))
    register(replace(STAFF, url_name="trial-empty", group=Group.CUSTOMERS, permission="customers.view"))

    assert [(label, [link.label for link in members]) for label, members in shown("/", "org.view")] == [
        ("设置", ["图表", "员工"])
    ]
    assert [label for label, _ in shown("/", "org.view", "customers.view")] == ["客户", "设置"]
    assert shown("/")[0][1][0].label == "图表"


def test_the_item_of_the_present_page_is_marked() -> None:
    register(STAFF)
    register(replace(STAFF, url_name="trial-empty"))
    active = {path: [link.url for _, members in shown(path, "org.view") for link in members if link.active]
              for path in ("/trial/", "/trial/7/", "/trial-empty/", "/elsewhere/")}  # fmt: skip
    assert active == {
        "/trial/": ["/trial/"], "/trial/7/": ["/trial/"], "/trial-empty/": ["/trial-empty/"], "/elsewhere/": []
    }  # fmt: skip


def test_counters_are_asked_only_of_those_who_see_them_and_not_for_the_page() -> None:
    asked = []
    register(replace(STAFF, counter=lambda request: asked.append(request) or 3, urgent=True))
    assert shown("/") == []
    assert counted("/") == []
    link = shown("/", "org.view")[0][1][0]
    assert asked == []
    assert counted("/", "org.view") == [Count(link.counter_id, 3, urgent=True)]


def test_an_item_that_leads_nowhere_is_left_out_and_reported() -> None:
    register(replace(STAFF, url_name="nowhere"))
    assert shown("/", "org.view") == []
    assert [error.id for error in check_navigation()] == ["ui.E001"]


def test_permissions_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission_names, "_names", {})  # the names of the product stay as they are
    declare({"trial.see": "看名单"})
    assert name_of("trial.see") == "看名单"
    assert name_of("trial.unnamed") == "trial.unnamed"
    assert declared()["trial.see"] == "看名单"


@pytest.mark.django_db
def test_the_whole_product_passes_the_system_checks() -> None:
    call_command("check", fail_level="WARNING")


FAMILY = Family(Group.CUSTOMERS, "数据质量", "checklist", order=5)


def tabs(path: str, *held: str) -> list[tuple[str, bool]]:
    request = RequestFactory().get(path)
    request.user = Somebody(*held)  # type: ignore[assignment]
    return [(str(link.label), link.active) for link in Navigation(request).strip]


def test_pages_of_one_piece_of_work_are_one_item_and_a_strip_of_tabs() -> None:
    register(replace(STAFF, label="规则", order=2, family=FAMILY))
    register(replace(STAFF, url_name="trial-empty", label="总览", order=1, permission="org.see", family=FAMILY))

    ((_group, (item,)),) = shown("/trial/", "org.view", "org.see")
    assert (item.label, item.icon, item.url, item.active) == ("数据质量", "checklist", "/trial-empty/", True)
    assert tabs("/trial/", "org.view", "org.see") == [("总览", False), ("规则", True)]


def test_a_family_of_one_page_is_that_page_and_records_have_no_strip() -> None:
    register(replace(STAFF, label="规则", order=2, family=FAMILY))
    register(replace(STAFF, url_name="trial-empty", label="总览", order=1, permission="org.see", family=FAMILY))

    ((_group, (item,)),) = shown("/trial/", "org.view")
    assert (item.label, item.url) == ("规则", "/trial/")
    assert tabs("/trial/", "org.view") == []
    assert tabs("/trial/7/", "org.view", "org.see") == []
    assert tabs("/elsewhere/", "org.view", "org.see") == []


def test_a_family_counts_what_its_pages_count_and_tells_each_at_its_tab() -> None:
    register(replace(STAFF, label="规则", order=2, family=FAMILY, counter=lambda _request: 2))
    register(
        replace(
            STAFF, url_name="trial-empty", label="总览", order=1, family=FAMILY, counter=lambda _request: 3, urgent=True
        )
    )

    ((_group, (item,)),) = shown("/elsewhere/", "org.view")
    assert counted("/elsewhere/", "org.view") == [Count(item.counter_id, 5, urgent=True)]
    request = RequestFactory().get("/counts/", headers={"HX-Current-URL": "http://testserver/trial/?page=2"})
    request.user = Somebody("org.view")  # type: ignore[assignment]
    strip = [link.counter_id for link in Navigation(request, "/trial/").strip]
    assert [(one.id, one.number) for one in counts(request)] == [(item.counter_id, 5), (strip[0], 3), (strip[1], 2)]
