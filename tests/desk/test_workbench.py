from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from tests.desk.conftest import LAST_MONTH_END, TODAY, MakeCustomer

from keheng.desk.queries.changes import largest_changes, last_month_end
from keheng.desk.queries.overview import overview
from keheng.desk.queries.pyramid import pyramid, upper
from keheng.org.models import Staff
from keheng.portfolio.enums import ProductKind
from keheng.portfolio.models import Holding, Product


def test_last_month_end_is_before_any_day_of_the_month() -> None:
    assert last_month_end(TODAY) == LAST_MONTH_END
    assert last_month_end(LAST_MONTH_END) == LAST_MONTH_END.replace(month=9, day=30)


def test_overview_sums_the_scope(manager: Staff, head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(300, 200, owner=manager, tier="T0", tier_rank=0)
    make_customer(700, 1_000)
    make_customer(9_999, 1, status="closed", owner=manager)

    mine = overview(manager, TODAY)
    assert (mine.customers, mine.tiered, mine.aum, mine.before) == (1, 1, Decimal(300), Decimal(200))
    assert mine.change == Decimal("0.5")
    everything = overview(head, TODAY)
    assert (everything.customers, everything.aum, everything.before) == (2, Decimal(1_000), Decimal(1_200))


def test_changes_tell_the_largest_falls_and_rises(head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(500, 900, name="降四百")
    make_customer(800, 900, name="降一百")
    make_customer(2_000, 900, name="升一千一")
    make_customer(900, 900, name="不变")
    make_customer(900, name="没有上月")

    falls, rises = largest_changes(head, TODAY)

    assert [(change.customer.name, change.amount) for change in falls] == [("降四百", -400), ("降一百", -100)]
    assert [(change.customer.name, change.amount) for change in rises] == [("升一千一", 1_100)]


def test_pyramid_counts_and_shares_each_tier(head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(3_000_000, tier="T5", tier_rank=5)
    make_customer(1_000_000, tier="T4", tier_rank=4)
    make_customer(500, tier="", kind="person")

    steps = pyramid(head)
    assert [step.tier.code for step in steps] == ["T5", "T4", "T3", "T2", "T1", "T0"]
    assert [step.customers for step in steps] == [1, 1, 0, 0, 0, 0]
    assert [step.aum_share for step in steps][:3] == [0.75, 0.25, 0]
    together = upper(steps)
    assert together is not None
    assert (together.name, together.customers, together.aum_share) == ("白金", 2, 1.0)
    assert together.query == "kind=person&tier=T5&tier=T4"


def test_page_shows_figures_that_lead_to_their_lists(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    customer = make_customer(5_000_000, 4_000_000, name="江博文", tier="T5", tier_rank=5)
    product = Product.objects.create(code="W90", name="稳享固收90天", kind=ProductKind.WEALTH, risk="R2")
    for days in (3, 45):
        Holding.objects.create(
            customer=customer, product=product, amount=600_000, as_of=TODAY, matures_on=TODAY + timedelta(days=days)
        )
    client.force_login(head)

    content = client.get(reverse("home")).content.decode()

    assert "500.00万" in content
    assert "+25.0%" in content
    assert f"{reverse('customers')}?kind=person&amp;tier=T5" in content
    assert content.count("稳享固收90天") == 1, "45 days are beyond the 30 shown"
    soon = client.get(reverse("maturing"), {"within": "30"})
    assert soon.context["total"].value == 1
    assert [tab.label for tab in soon.context["tabs"]] == ["90 天内", "7 天内", "30 天内"]
    counted = client.get(reverse("maturing"), {"part": "counts"}).content.decode()
    assert "2 笔 · 市值 120.00万" in counted, "the sum of what is filtered stands beside the number"
    assert client.get(reverse("maturing"), {"tier": "T1"}).context["total"].value == 0
    assert "1 位 · AUM 500.00万" in client.get(reverse("customers"), {"part": "counts"}).content.decode()


def test_page_of_an_empty_bank(client: Client, head: Staff) -> None:
    client.force_login(head)
    content = client.get(reverse("home")).content.decode()
    assert "暂无变动" in content
    assert "30 天内没有到期" in content


def test_page_of_a_role_without_customers(client: Client, head: Staff) -> None:
    head.role.permissions = ["org.view"]
    head.role.save()
    client.force_login(head)
    assert "您的工作不在这里" in client.get(reverse("home")).content.decode()
