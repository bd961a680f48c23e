"""Figures equal to plain counts, the quarterly return in a workbook, registers and sheets (A7)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from tests.complaints.conftest import MONDAY, person

from keheng.complaints.enums import Channel, Grade, Kind, Outcome, RuleSet
from keheng.complaints.models import Complaint, Lesson
from keheng.complaints.operations.closing import reply
from keheng.complaints.operations.forms import settle
from keheng.complaints.operations.intake import Complaining
from keheng.complaints.operations.returns import make_return
from keheng.complaints.queries import figures
from keheng.complaints.queries.figures import Period
from keheng.complaints.queries.iso import checklist
from keheng.complaints.queries.regulator import quarter_of
from keheng.customers.models import Customer
from keheng.org.models import Staff

pytestmark = pytest.mark.usefixtures("english")
PERIOD = Period(date(2026, 11, 1), date(2026, 12, 31))


def count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int((cursor.fetchone() or [0])[0])


@pytest.fixture
def several(classified: Callable[..., Complaint], registered: Callable[..., Complaint], officer: Staff) -> None:
    """Five complaints: three about attitude, one of them replied late, one not classified, one by the regulator."""
    first = classified()
    settle(complaint=first, outcome=Outcome.JUSTIFIED, finding="已致歉", actor=officer, at=MONDAY)
    late = MONDAY + timedelta(days=20)
    reply(complaint=first, outcome=Outcome.JUSTIFIED, finding="已致歉", remedies_told=True, actor=officer, at=late)
    classified(at=MONDAY + timedelta(hours=1))
    classified(grade=Grade.MAJOR, at=MONDAY + timedelta(hours=2))
    registered(customer=None, complaining=[Complaining(name="周正", phone="13957711111")])
    registered(
        customer=None, channel=Channel.REGULATOR, external_number="NFRA-7", complaining=[Complaining(name="吴静")]
    )


@pytest.fixture
def auditor(several: None, branch: Any) -> Staff:
    return person(branch, "head-office-manager", "审计")


def test_figures_equal_plain_counts(auditor: Staff, outlet: Any, customer: Customer) -> None:
    told = figures.summary(auditor, PERIOD, MONDAY + timedelta(days=30))
    assert told["registered"] == count("select count(*) from complaints_complaint") == 5
    assert told["repeats"] == count("select count(*) from complaints_complaint where is_repeat")
    assert told["major"] == count("select count(*) from complaints_complaint where grade = 2") == 1
    shares = figures.pareto(auditor, PERIOD)
    assert [share.number for share in shares] == [3, 2]
    assert [round(share.together, 2) for share in shares] == [0.6, 1.0]
    found = figures.rates(auditor, PERIOD)
    for rule_set in RuleSet:
        rate = figures.rate_of(found, rule_set)
        where = f"rule_set = '{rule_set}' and met is not null"
        assert rate.judged == count(f"select count(*) from complaints_complaintclock where {where}") > 0
        assert rate.met == count(f"select count(*) from complaints_complaintclock where {where} and met")
    (again,) = figures.repeaters(auditor, PERIOD)
    assert (again["customer"], again["n"]) == (customer.pk, 3)
    (place,) = figures.by_branch(auditor, PERIOD)
    assert (place.complaints, place.customers, place.density) == (5, 1, 50_000)
    assert sum(row.complaints for row in figures.by_tier(auditor, PERIOD)) == 3


def test_who_sees_one_branch_counts_one_branch(several: None) -> None:
    from tests.factories import BranchFactory

    stranger = person(BranchFactory.create(), "branch-head", "孙磊")
    assert figures.summary(stranger, PERIOD, MONDAY)["registered"] == 0
    assert figures.pareto(stranger, PERIOD) == []
    assert figures.repeaters(stranger, PERIOD) == []


def test_quarters() -> None:
    assert quarter_of(date(2026, 11, 23)) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert quarter_of(date(2026, 1, 1)) == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert quarter_of(date(2024, 2, 29)).last == date(2024, 3, 31)
    assert quarter_of(date(2026, 9, 30)) == Period(date(2026, 7, 1), date(2026, 9, 30))


def test_a7_the_return_opens_as_a_workbook_and_holds_no_person(auditor: Staff) -> None:
    book = load_workbook(BytesIO(make_return(period=PERIOD, actor=auditor, at=MONDAY)))
    totals, single = book.worksheets
    head = [cell.value for cell in totals[1]]
    last = [cell.value for cell in totals[totals.max_row]]
    assert (last[0], last[1]) == ("together", 5)
    assert last[head.index("decided within 30 days")] == 1
    assert last[head.index("Regulator transfer")] == 1
    assert single.max_row == 6
    words = " ".join(str(cell.value) for row in single.iter_rows() for cell in row)
    assert "NFRA-7" in words
    assert not {"李国强", "周正", "13957711111", "柜员态度恶劣"} & set(words.split())


def test_the_checklist_is_answered_by_data(auditor: Staff) -> None:
    points = {point.question: point for point in checklist(auditor, PERIOD, MONDAY + timedelta(days=30))}
    assert points["Is receipt confirmed at once?"].met is True
    told_in_time = points["Is the decision told within the law's limit, with the remedies?"]
    assert (told_in_time.answer, told_in_time.met) == ("0 of 1 regulatory limits kept", False)
    assert points["Does everybody learn from it?"].met is False
    complaint, later = Complaint.objects.exclude(cause=None).earliest("pk"), MONDAY + timedelta(days=200)
    Lesson.objects.create(
        complaint=complaint,
        cause=complaint.cause,
        branch=complaint.branch,
        title="复核",
        happened="利息少计",
        learned="录入后由第二人复核",
        published_by=auditor,
        published_at=later,
    )
    day = later.date()
    (lessons,) = (point for point in checklist(auditor, Period(day, day), later) if point.page == "lessons")
    assert lessons.answer == "1 lessons published", "those of the period, however old the complaints"


def test_the_checklist_leads_to_pages_of_its_own_period(auditor: Staff, client: Client) -> None:
    client.force_login(auditor)
    page = client.get(reverse("complaints:checklist"), {"first": "2026-11-01", "last": "2026-11-30"}).content.decode()
    links = set(re.findall(r'<td><a href="([^"]+)"', page.replace("&amp;", "&")))
    assert links == {
        f"{reverse('complaints:list')}?when=any&registered_at_after=2026-11-01&registered_at_before=2026-11-30",
        f"{reverse('complaints:lessons')}?published_at_after=2026-11-01&published_at_before=2026-11-30",
        f"{reverse('complaints:figures')}?first=2026-11-01&last=2026-11-30",
        reverse("complaints:settings"),
    }
    assert [client.get(link).status_code for link in links] == [200] * 4


def test_pages_open_with_data_and_without(branch: Any, client: Client) -> None:
    client.force_login(person(branch, "head-office-manager", "总行"))
    names = ["figures", "checklist", "register-record", "register-feedback", "register-forms", "mail-settings"]
    assert [client.get(reverse(f"complaints:{name}")).status_code for name in names] == [200] * len(names)
    answer = client.get(reverse("complaints:return"))
    assert answer["Content-Type"].endswith("sheet")


def test_every_sheet_is_printed_in_the_words_of_the_sources(several: None, branch: Any, client: Client) -> None:
    client.force_login(person(branch, "complaint-officer", "打印"))
    found = Complaint.objects.order_by("pk")[0]
    for code, words in (
        ("record", "受理人员（签字）"),
        ("feedback", "复述客户确认"),
        ("register", "永久对策"),
        ("handling", "部门主任级以上人员批准"),
    ):
        page = client.get(reverse("complaints:sheet", args=[found.pk, code])).content.decode()
        assert words in page
        assert "13857712345" not in page
    assert client.get(reverse("complaints:sheet", args=[found.pk, "other"])).status_code == 404


@pytest.mark.parametrize("name", ["register-record", "register-feedback", "register-forms"])
def test_registers_ask_as_often_for_three_rows_as_for_one(
    registered: Callable[..., Complaint], branch: Any, client: Client, name: str
) -> None:
    client.force_login(person(branch, "complaint-officer", "登记"))
    asked = []
    for more in (1, 2):
        for _ in range(more):
            registered()
        client.get(reverse(f"complaints:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(f"complaints:{name}"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_kinds_of_complaint_are_columns_of_the_return(auditor: Staff) -> None:
    book = load_workbook(BytesIO(make_return(period=PERIOD, actor=auditor, at=MONDAY)))
    head = [cell.value for cell in book.worksheets[0][1]]
    assert {str(kind.label) for kind in Kind} <= set(head)


def test_every_figure_opens_a_list_of_as_many(
    classified: Callable[..., Complaint], officer: Staff, client: Client
) -> None:
    """A7: the number of judged clocks, of repeat complainants, of a tier, of measures leads to those complaints."""
    made = [classified(), classified(at=MONDAY + timedelta(minutes=1))]
    settle(complaint=made[0], outcome=Outcome.JUSTIFIED, finding="已更正", actor=officer, at=MONDAY)
    reply(
        complaint=Complaint.objects.get(pk=made[0].pk),
        outcome=Outcome.JUSTIFIED,
        finding="已更正",
        remedies_told=True,
        way="电话",
        actor=officer,
        at=MONDAY,
    )
    client.force_login(officer)
    page = client.get(reverse("complaints:figures"), {"last": "2026-11-30"}).content.decode().replace("&amp;", "&")
    assert 'name="last" value="2026-11-30"' in page, "the period can be changed on the page"
    for asked, found in {
        "judged=internal&": 1,
        "judged=internal.reply&met=true": 1,
        "judged=regulatory.decision&": 1,
        f"customer={made[0].customer_id}": 2,
        "measures=overdue": 0,
        "tier=none": 2,
    }.items():
        assert asked in page, asked
        address = re.search(rf'href="([^"]*{re.escape(asked)}[^"]*)"', page)
        assert address is not None
        rows = client.get(address[1], follow=True).content.decode()
        assert sum(one.number in rows for one in made) == found, asked
        if "2026-" in address[1]:  # the link names the period: another one has other complaints
            elsewhere = client.get(re.sub(r"2026-\d\d-\d\d", "2025-01-01", address[1]), follow=True).content.decode()
            assert not any(one.number in elsewhere for one in made), asked
