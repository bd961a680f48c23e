"""The pages of the organisation, and that each act on them is one operation with its refusals in words."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import BranchFactory, RoleFactory, StaffFactory, head_office

from keheng.org.enums import DataScope
from keheng.org.models import Branch, CalendarDay, Role, ServiceCalendar, Staff
from keheng.org.operations import load_presets

pytestmark = pytest.mark.django_db

READING = ["/settings/branches/", "/settings/staff/", "/settings/roles/", "/settings/calendar/"]


@pytest.fixture(autouse=True)
def presets() -> None:
    load_presets()


def signed_in(**given: object) -> Client:
    client = Client()
    client.force_login(StaffFactory.create(**given))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def manager() -> Client:
    return signed_in(permissions=["org.view", "org.manage"])


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.mark.parametrize("url", READING)
def test_reading_takes_the_permission_to_view(url: str) -> None:
    assert signed_in(permissions=["customers.view"]).get(url).status_code == 403
    assert signed_in(permissions=["org.view"]).get(url).status_code == 200


def test_changing_takes_the_permission_to_manage() -> None:
    reader, branch, member = signed_in(permissions=["org.view"]), BranchFactory.create(), StaffFactory.create()
    assert reader.get("/settings/branches/new/").status_code == 403
    assert reader.get(f"/settings/branches/{branch.pk}/").status_code == 403
    assert reader.get("/settings/staff/new/").status_code == 403
    for url in (
        f"/settings/branches/{branch.pk}/close/",
        f"/settings/staff/{member.pk}/password/",
        f"/settings/staff/{member.pk}/deactivate/",
    ):
        assert reader.post(url, {"reason": "离职"}).status_code == 403, url
    day = {"day": "2026-12-31", "kind": "holiday", "name": "年终决算"}
    assert reader.post("/settings/calendar/day/", day).status_code == 403
    member.refresh_from_db()
    assert member.is_active


def test_a_branch_is_added_renamed_moved_closed_and_reopened(manager: Client) -> None:
    new = {"parent": head_office().pk, "kind": "branch", "code": "WZ", "name": "温州"}
    manager.post("/settings/branches/new/", new)
    wenzhou = Branch.objects.get(code="WZ")
    manager.post("/settings/branches/new/", {"parent": wenzhou.pk, "kind": "outlet", "code": "OB", "name": "瓯北"})
    oubei, url = Branch.objects.get(code="OB"), f"/settings/branches/{Branch.objects.get(code='OB').pk}/"
    manager.post(url, {"name": "瓯北支行", "kind": "outlet", "calendar": ""})
    manager.post(f"{url}move/", {"parent": head_office().pk})
    oubei.refresh_from_db()
    assert (oubei.name, oubei.path) == ("瓯北支行", "HO/OB/")
    manager.post(f"{url}close/")
    assert "out of use" in words(manager, "/settings/branches/")
    manager.post(f"{url}close/")
    oubei.refresh_from_db()
    assert oubei.is_active


def test_what_is_refused_stands_beside_the_field(manager: Client) -> None:
    response = manager.post(
        "/settings/branches/new/", {"parent": head_office().pk, "kind": "branch", "code": "W/Z", "name": "温州"}
    )
    assert response.context["form"].errors["code"] == ["Letters, digits, - and _."]
    response = manager.post(
        "/settings/branches/new/", {"parent": head_office().pk, "kind": "branch", "code": "HO", "name": "温州"}
    )
    assert "code" in response.context["form"].errors


def test_a_branch_that_holds_something_says_what(manager: Client) -> None:
    branch = BranchFactory.create(name="瓯北")
    StaffFactory.create(branch=branch)
    assert "must go elsewhere" in words(manager, f"/settings/branches/{branch.pk}/")
    page = manager.post(f"/settings/branches/{branch.pk}/close/", follow=True).content.decode()
    assert "瓯北 still has Staff 1" in page


def test_branches_outside_the_scope_do_not_exist() -> None:
    here, there = BranchFactory.create(), BranchFactory.create(name="别处")
    client = signed_in(branch=here, scope=DataScope.SUBTREE, permissions=["org.view", "org.manage"])
    assert client.get(f"/settings/branches/{there.pk}/").status_code == 404
    assert "别处" not in words(client, "/settings/branches/")
    assert client.get(f"/settings/staff/{StaffFactory.create(branch=there).pk}/").status_code == 404


def test_a_new_member_gets_a_password_that_is_shown_once(manager: Client) -> None:
    given = {"username": "10086", "name": "林建峰", "branch": head_office().pk, "role": RoleFactory.create().pk}
    response = manager.post("/settings/staff/new/", given)
    member = Staff.objects.get(username="10086")
    password = response.context["password"]
    assert password in response.content.decode()
    assert member.check_password(password)
    assert password not in words(manager, f"/settings/staff/{member.pk}/")
    again = manager.post("/settings/staff/new/", given)
    assert "username" in again.context["form"].errors


def test_a_member_is_changed_reset_refused_and_let_in_again(manager: Client) -> None:
    member, branch, role = StaffFactory.create(), BranchFactory.create(), RoleFactory.create()
    url = f"/settings/staff/{member.pk}/"
    manager.post(url, {"name": "陈静", "branch": branch.pk, "role": role.pk, "joined_on": "2020-01-02"})
    member.refresh_from_db()
    assert (member.name, member.branch, member.role, member.joined_on) == ("陈静", branch, role, date(2020, 1, 2))
    assert member.check_password(manager.post(f"{url}password/").context["password"]) is False  # read before the reset
    assert Staff.objects.get(pk=member.pk).must_change_password
    manager.post(f"{url}deactivate/", {"reason": ""})
    assert Staff.objects.get(pk=member.pk).is_active
    manager.post(f"{url}deactivate/", {"reason": "离职"})
    assert not Staff.objects.get(pk=member.pk).is_active
    assert "离职" in words(manager, url)
    manager.post(f"{url}deactivate/")
    assert Staff.objects.get(pk=member.pk).is_active


def test_the_staff_list_is_filtered_and_needs_as_many_queries_for_three_as_for_one(manager: Client) -> None:
    branch = BranchFactory.create()
    for number in (1, 2):
        StaffFactory.create_batch(number, branch=branch)
        with CaptureQueriesContext(connection) as counted:
            page = manager.get(f"/settings/staff/?branch={branch.pk}")
        assert len(page.context["rows"]) == (1 if number == 1 else 3)
        if number == 1:
            first = len(counted)
    assert len(counted) == first
    someone = StaffFactory.create(name="独一无二", is_active=False)
    for query in ("q=一无", f"q={someone.username}", "is_active=false"):
        page = manager.get(f"/settings/staff/?{query}", follow=True)  # long numbers are sealed out of the address
        assert [row["pk"] for row in page.context["rows"]] == [someone.pk], query


def test_the_matrix_shows_every_role_with_its_rights(manager: Client) -> None:
    page = words(manager, "/settings/roles/")
    for role in Role.objects.exclude(code="system"):
        assert role.name_en in page or role.name in page
    assert "System" not in page.split("<thead>")[1].split("</thead>")[0]


def test_the_rights_of_a_role_are_changed(manager: Client) -> None:
    role = Role.objects.get(code="teller")
    assert 'value="customers.edit" checked' in words(manager, f"/settings/roles/{role.pk}/")
    manager.post(f"/settings/roles/{role.pk}/", {"scope": "own", "permissions": ["customers.view"]})
    role.refresh_from_db()
    assert (role.scope, role.permissions) == ("own", ["customers.view"])
    assert manager.get(f"/settings/roles/{Role.objects.get(code='system').pk}/").status_code == 404


def test_the_calendar_shows_holidays_and_make_up_days_and_changes_a_day(manager: Client) -> None:
    page = words(manager, "/settings/calendar/?year=2026")
    assert page.count('class="holiday') >= 33
    assert page.count('class="make_up') >= 6
    assert "2026: 33 holidays, 6 make-up days" in page
    assert 'title="春节"' in page
    manager.post("/settings/calendar/day/", {"day": "2026-12-31", "kind": "holiday", "name": "年终决算"})
    assert CalendarDay.objects.get(date=date(2026, 12, 31)).name == "年终决算"
    manager.post("/settings/calendar/day/", {"day": "2026-12-31", "kind": "weekday"})
    assert not CalendarDay.objects.filter(date=date(2026, 12, 31)).exists()
    nameless = manager.post("/settings/calendar/day/", {"day": "2026-12-31", "kind": "holiday"}, follow=True)
    assert "Name the day" in nameless.content.decode()


@pytest.mark.parametrize("query", ["year=9999", "year=x", "day=2026-13-01", "day=9999-01-01", "year=-5", "day="])
def test_nonsense_in_the_address_falls_back(manager: Client, query: str) -> None:
    assert manager.get(f"/settings/calendar/?{query}").status_code == 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_next_year_is_taken_in_from_a_file(manager: Client, encoding: str) -> None:
    assert "only the days off by law are" in words(manager, "/settings/calendar/?year=2028")
    content = "日期,类型,名称\n2028-01-01,节假日,元旦\n2028-01-02,调休,元旦\n".encode(encoding)
    manager.post("/settings/calendar/import/", {"file": SimpleUploadedFile("2027.csv", content)})
    assert list(CalendarDay.objects.filter(date__year=2028).values_list("kind", "name")) == [
        ("holiday", "元旦"),
        ("make_up", "元旦"),
    ]
    assert "only the days off by law are" not in words(manager, "/settings/calendar/?year=2028")


def test_a_wrong_file_changes_nothing_and_names_the_line(manager: Client) -> None:
    file = SimpleUploadedFile("x.csv", b"\x00\x01\x02binary")
    page = manager.post("/settings/calendar/import/", {"file": file}, follow=True).content.decode()
    assert "Line 1" in page
    assert CalendarDay.objects.filter(date__year=2026).count() == 39


def test_the_hours_of_service_are_changed(manager: Client) -> None:
    calendar = ServiceCalendar.objects.get(code="branch-default")
    url = f"/settings/calendar/{calendar.pk}/hours/"
    assert 'value="09:00-11:30, 13:00-17:00"' in words(manager, url)
    hours = {f"day{n}": "8:30-12:00，13:30–17:30" for n in range(6)}
    manager.post(url, hours)
    assert calendar.periods.count() == 12
    wrong = manager.post(url, {"day0": "nine to five"})
    assert wrong.context["form"].errors["day0"] == ["Write the hours as 09:00-11:30, 13:00-17:00."]
    assert calendar.periods.count() == 12


def test_every_permission_of_the_preset_roles_has_a_name() -> None:
    from keheng.ui.permission_names import declared

    held = {permission for role in Role.objects.all() for permission in role.permissions}
    assert {permission for permission in held if not permission.endswith("*")} <= set(declared())
