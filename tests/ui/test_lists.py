"""The machinery of lists, over the HTTP client."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import django_filters
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.factories import StaffFactory, head_office
from tests.ui.conftest import htmx
from tests.ui.pages import TIERS

from keheng.common import events
from keheng.org.models import Branch, Staff
from keheng.ui.events import ListExported
from keheng.ui.lists import FilterSet, Total, totals
from keheng.ui.lists.paging import Page
from keheng.ui.models import ColumnChoice, SavedView


def names(response: Any) -> list[str]:
    return [row["label"] for row in response.context["rows"]]


def numbers(response: Any) -> list[int]:
    return [row["pk"] for row in response.context["rows"]]


# -- sorting, filtering, paging ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rows_are_made_distinct_only_where_a_filter_could_repeat_them() -> None:
    class Branches(FilterSet):
        parent = django_filters.ModelMultipleChoiceFilter(queryset=Branch.objects.all())
        children = django_filters.ModelMultipleChoiceFilter(queryset=Branch.objects.all())

    root = head_office()
    found = {
        name: Branches({name: [root.pk]}, queryset=Branch.objects.all()).qs.query for name in ("parent", "children")
    }
    assert not found["parent"].distinct
    assert found["children"].distinct


def test_pages_hold_every_row_once_in_order(browse, crowd) -> None:
    crowd(44)
    seen = [number for page in (1, 2, 3) for number in numbers(browse.get("/trial/", {"page": page}))]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == Staff.objects.count()


def test_sorting_by_a_column_that_repeats_keeps_rows_apart(browse, crowd) -> None:
    crowd(44)
    seen = [number for page in (1, 2, 3) for number in numbers(browse.get("/trial/", {"page": page, "sort": "branch"}))]
    assert len(set(seen)) == len(seen) == Staff.objects.count()


def test_gaps_sort_last_both_ways(browse, crowd, someone) -> None:
    crowd(2)
    for sort in ("joined_on", "-joined_on"):
        assert numbers(browse.get("/trial/", {"sort": sort}))[-1] == someone.pk


@pytest.mark.parametrize(
    "query",
    [
        "page=abc", "page=-3", "page=0", "page=99999999999999999999999", "page=1e9", "size=7", "size=x", "size=-20",
        "sort=nonsense", "sort=-", "sort=--number", "sort=tier", "sort=password", "sort=branch__path", "role=x",
        "role=99999999999999999999", "joined_on_min=31-31-31", "pk_min=abc", "pk_min=1e400", "pk_min=NaN",
        "amount_max=Infinity",
        "q=%00", "q=%27%3B+drop", "is_active=maybe", "unknown=1", "q=" + "x" * 4000, "part=nonsense", "format=pdf",
        "branch=%00", "page=%D9%A3", "amount_min=99999999999999999999999999", "pk_max=99999999999999999999",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_never_breaks_the_page(browse, crowd, query) -> None:
    crowd(1)
    response = browse.get(f"/trial/?{query}")
    assert response.status_code == 200


def test_an_unreadable_filter_is_named_and_the_others_hold(browse, crowd) -> None:
    crowd(10)
    response = browse.get("/trial/", {"pk_min": "abc", "q": "江博文"})
    assert set(names(response)) == {"江博文"}
    assert "编号" in response.context["problems"][0]
    assert "未生效" in response.content.decode()


def test_a_page_beyond_the_end_shows_the_last(browse, crowd) -> None:
    crowd(30)
    response = browse.get("/trial/", {"page": 9})
    assert response.context["page"].number == 2
    assert len(numbers(response)) == 11


def test_chips_tell_what_is_set_and_how_to_remove_it(browse, crowd) -> None:
    crowd(3)
    response = browse.get("/trial/", {"is_active": "True", "pk_min": "2", "pk_max": "5", "sort": "name", "page": "1"})
    lit = {chip.name: chip for chip in response.context["chips"] if chip.active}
    assert {name: chip.text for name, chip in lit.items()} == {"is_active": "在用", "pk": "2 – 5"}
    assert lit["pk"].remove_url == "?is_active=True&sort=name"
    assert lit["pk"].given == [("pk_min", "2"), ("pk_max", "5")]


def test_a_panel_is_loaded_when_its_chip_opens(browse, crowd) -> None:
    crowd(10)
    closed = browse.get("/trial/?is_active=True").content.decode()
    assert '<input type="hidden" name="is_active" value="True">' in closed
    assert 'type="radio"' not in closed
    panel = browse.get("/trial/?is_active=True&part=filter&name=is_active", headers=htmx("")).context["panel"]
    assert [(option.label, option.checked, option.count) for option in panel.options] == [
        ("在用", True, Staff.objects.filter(is_active=True).count()),
        ("停用", False, 0),
    ]
    text = browse.get("/trial/?pk_min=7&part=filter&name=pk").content.decode()
    assert 'name="pk_min" value="7"' in text
    assert 'name="pk_max"' in text
    for name in ("q", "nonsense", ""):
        assert browse.get(f"/trial/?part=filter&name={name}").status_code == 404


def test_amounts_are_asked_in_wan_and_exclude_the_upper_bound(browse, crowd) -> None:
    response = browse.get("/trial/", {"amount_min": "0", "amount_max": "0.0001"})
    assert numbers(response) == []
    assert next(chip for chip in response.context["chips"] if chip.name == "amount").text == "0万 – 0万"


def test_the_fragment_carries_table_pager_and_counts(browse, crowd) -> None:
    crowd(30)
    response = browse.get("/trial/", headers=htmx("list"))
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="list"')
    assert "<html" not in text
    assert 'id="list-sub" hx-swap-oob="true"' in text
    assert "HX-Request" in response["Vary"]


def test_the_first_cell_links_to_where_the_row_leads(browse, someone) -> None:
    text = browse.get("/trial/").content.decode()
    assert f'<td><a href="/trial/{someone.pk}/">林建峰</a></td>' in text
    assert f'data-href="/trial/{someone.pk}/"' in text


def test_pages_are_kept_by_no_cache(browse) -> None:
    assert "no-store" in browse.get("/trial/")["Cache-Control"]


def test_an_empty_list_offers_the_next_step(browse) -> None:
    text = browse.get("/trial-empty/").content.decode()
    assert "还没有员工" in text
    assert "导入员工" in text


def test_a_filter_that_leaves_nothing_says_so(browse) -> None:
    assert "没有符合筛选条件的记录" in browse.get("/trial/", {"q": "nobody"}).content.decode()


# -- cost ------------------------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_rows(browse, crowd) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            browse.get("/trial/")
        return len(captured)

    crowd(1)
    one = cost()
    StaffFactory.create_batch(2)
    assert cost() == one


def test_keys_come_from_the_bare_table(browse, crowd) -> None:
    crowd(3)
    with CaptureQueriesContext(connection) as captured:
        browse.get("/trial/", {"page": 1})
    keys = next(query["sql"] for query in captured if "LIMIT 20" in query["sql"])
    assert "JOIN" not in keys
    assert keys.startswith('SELECT "org_staff"."id"')


def test_counts_are_exact_up_to_the_limit_and_estimated_above(crowd) -> None:
    crowd(50)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE org_staff")
    assert totals.total_of(Staff.objects.all(), limit=100) == Total(51)
    above = totals.total_of(Staff.objects.all(), limit=20)
    assert not above.exact
    assert 40 <= above.value <= 60
    assert str(Total(986_543, exact=False)) == "约 987,000"
    assert str(Total(20_000)) == "20,000"


def test_what_takes_long_to_count_is_counted_once_the_page_is_there(browse, crowd, monkeypatch) -> None:
    monkeypatch.setattr("keheng.ui.lists.view.QUICK_LIMIT", 20)
    crowd(50)
    assert not browse.get("/trial/").context["total"].exact
    text = browse.get("/trial/?part=counts", headers=htmx("list-tabs")).content.decode()
    assert f'<span id="list-total" hx-swap-oob="true">{Staff.objects.count()}</span>' in text
    assert f"{Staff.objects.count()} 位" in text


def test_an_estimated_list_offers_no_last_page() -> None:
    page = Page(number=5, size=20, rows=20, total=Total(1_000_000, exact=False))
    assert list(page.numbers) == [1, 0, 4, 5, 6]
    assert page.has_next
    exact = Page(number=5, size=20, rows=20, total=Total(200))
    assert list(exact.numbers) == [1, 0, 4, 5, 6, 0, 10]
    assert list(Page(1, 20, 3, Total(3)).numbers) == [1]


# -- views and columns -------------------------------------------------------------------------------------------------


def test_a_view_is_saved_shown_as_a_tab_and_removed(browse, someone) -> None:
    query = "is_active=True&sort=name&page=3"
    browse.post("/trial/", {"action": "save-view", "name": "在用的", "query": query})
    view = SavedView.objects.get()
    assert (view.owner_id, view.list_key, view.query) == (someone.pk, "trial", "is_active=True&sort=name")

    tabs = browse.get("/trial/?sort=name&is_active=True&page=2").context["tabs"]
    assert [(tab.label, tab.active) for tab in tabs][-1] == ("在用的", True)

    browse.post("/trial/", {"action": "delete-view", "view": view.pk})
    assert not SavedView.objects.exists()


def test_a_view_of_another_cannot_be_removed(browse) -> None:
    view = SavedView.objects.create(owner_id=999, list_key="trial", name="x", query="")
    browse.post("/trial/", {"action": "delete-view", "view": view.pk})
    assert SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize("name", ["", "x" * 21])
def test_a_view_needs_a_fitting_name(browse, name) -> None:
    response = browse.post("/trial/", {"action": "save-view", "name": name, "query": "q=1"}, follow=True)
    assert not SavedView.objects.exists()
    assert "k-toast error" in response.content.decode()


def test_tabs_are_counted_on_their_own(browse, crowd) -> None:
    crowd(10)
    text = browse.get("/trial/?part=counts", headers=htmx("list-tabs")).content.decode()
    assert "list-total" not in text
    assert f"<b>{Staff.objects.count()}</b>" in text
    assert f"<b>{Staff.objects.filter(is_active=True).count()}</b>" in text


def test_columns_are_chosen_kept_and_reset(browse, someone) -> None:
    shown = lambda: [header.label for header in browse.get("/trial/").context["headers"]]  # noqa: E731
    delivered = shown()
    assert "岗位" not in delivered

    browse.post("/trial/", {"action": "columns", "column": ["title", "tier", "nonsense"]})
    assert shown() == ["姓名", "层级", "岗位"]
    assert ColumnChoice.objects.get().columns == ["tier", "title"]

    browse.post("/trial/", {"action": "reset-columns"})
    assert shown() == delivered


def test_an_unknown_action_is_refused(browse) -> None:
    assert browse.post("/trial/", {"action": "drop"}).status_code == 400


# -- bulk --------------------------------------------------------------------------------------------------------------


def test_a_bulk_action_gets_the_ticked_rows(browse, crowd) -> None:
    members = crowd(5)
    response = browse.post("/trial-bulk/", {"pk": [members[0].pk, members[1].pk, "x"], "all": "0", "query": ""})
    assert response.content == b"2"


def test_a_bulk_action_gets_all_that_match(browse, crowd) -> None:
    crowd(30)
    response = browse.post("/trial-bulk/", {"pk": ["1"], "all": "1", "query": "active=false&sort=name"})
    assert response.content == str(Staff.objects.filter(is_active=False).count()).encode()


# -- out of the system -------------------------------------------------------------------------------------------------


@pytest.fixture
def exports(monkeypatch) -> list[ListExported]:
    heard: list[ListExported] = []
    monkeypatch.setitem(events._receivers, ListExported, [heard.append])
    return heard


def test_excel_carries_watermark_values_and_no_formulas(
    browse, crowd, exports, django_capture_on_commit_callbacks
) -> None:
    crowd(3)
    StaffFactory.create(name="=1+1", username="bad\x07name")
    with django_capture_on_commit_callbacks(execute=True):
        response = browse.get("/trial/?format=xlsx&active=true&sort=-number")
    sheet = load_workbook(BytesIO(response.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].startswith("导出人 林建峰（wz0123）")
    assert "可登录: 是" in rows[0][0]
    assert rows[1][:3] == ("姓名", "层级", "AUM（月日均）")
    top = Staff.objects.latest("pk")
    assert rows[2][:3] == ("=1+1", TIERS[top.pk % 6], float(top.pk * 123_456))
    assert rows[2][4] == "badname"
    assert sheet["A3"].data_type == "s"
    assert len(rows) - 2 == Staff.objects.filter(is_active=True).count()
    assert [(event.list_key, event.form, event.rows) for event in exports] == [("trial", "xlsx", len(rows) - 2)]
    assert exports[0].at <= datetime.now(UTC)


def test_print_shows_the_reader_across_the_sheet(browse, crowd, exports, django_capture_on_commit_callbacks) -> None:
    crowd(3)
    with django_capture_on_commit_callbacks(execute=True):
        text = browse.get("/trial/?format=print").content.decode()
    assert text.count("林建峰 wz0123") == 12
    assert exports[0].form == "print"


def test_an_export_that_is_too_long_is_refused_in_words(browse, crowd, monkeypatch, exports) -> None:
    monkeypatch.setattr("keheng.ui.lists.export.EXCEL_LIMIT", 2)
    crowd(3)
    response = browse.get("/trial/?format=xlsx&sort=name", follow=True)
    assert "超过 2 条" in response.content.decode()
    assert exports == []


def test_export_needs_its_permission(client, trial_pages, db) -> None:
    client.force_login(StaffFactory.create(permissions=("org.view",)))
    assert "format=xlsx" not in client.get("/trial/").content.decode()
    for form in ("xlsx", "print"):
        assert client.get(f"/trial/?format={form}").status_code == 403


def test_a_list_without_export_permission_is_not_for_export(browse) -> None:
    assert browse.get("/trial-empty/?format=xlsx").status_code == 403


# -- permission --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "status"), [(("org.view",), 200), (("org.*",), 200), (("customers.view",), 403), ((), 403)]
)
def test_the_list_opens_to_those_who_hold_its_permission(client, trial_pages, db, permissions, status) -> None:
    client.force_login(StaffFactory.create(permissions=permissions))
    assert client.get("/trial/").status_code == status


def test_a_refusal_names_role_and_permission(client, trial_pages, db) -> None:
    member = StaffFactory.create(permissions=())
    client.force_login(member)
    text = client.get("/trial/").content.decode()
    assert str(member.role) in text
    assert "org.view" in text or "权限" in text
    assert "系统管理员" in text


def test_visitors_are_sent_to_sign_in(client, trial_pages, db) -> None:
    assert client.get("/trial/")["Location"].startswith("/accounts/login/?next=/trial/")
