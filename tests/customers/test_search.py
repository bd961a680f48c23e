"""What people type finds whom they mean, within their scope, the largest first."""

from decimal import Decimal

import pytest
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import queries
from keheng.customers.models import Customer
from keheng.customers.queries import Shape, matching, search, shape_of
from keheng.org.enums import DataScope

pytestmark = pytest.mark.django_db
HUANG = "330302197411120024"
OLD = "11010519491231002X"


@pytest.fixture(autouse=True)
def archive() -> None:
    huang = CustomerFactory.create(number="330027418", name="黄雅琴", id_number=HUANG, aum=Decimal(2_123_500))
    ContactPointFactory.create(customer=huang, value="13812345678")
    ContactPointFactory.create(customer=huang, kind="phone", value="0577-88002210")
    ContactPointFactory.create(customer=huang, kind="email", value="huang@example.com")
    CustomerFactory.create(number="330027419", name="黄雅", id_number=OLD, aum=Decimal(9_000_000))
    CustomerFactory.create(number="A-77", name="单雄信", aum=1)
    CustomerFactory.create(number="A-78", name="单于丹", aum=2)
    CustomerFactory.create(number="A-79", name="吕布", aum=3)
    CustomerFactory.create(number="A-80", name="章子怡", aum=4)
    CustomerFactory.create(number="A-81", name="葉鍾", aum=7)
    CustomerFactory.create(number="A-82", name="李乐", aum=8)
    CustomerFactory.create(number="A-83", name="仇英", aum=9)
    CustomerFactory.create(number="A-84", name="尉遲恭", aum=10)
    CompanyFactory.create(customer__number="B-3", customer__name="東方紡織廠", customer__aum=11)
    CompanyFactory.create(customer__number="B-1", customer__name="温州鑫恒鞋业有限公司", customer__aum=5)
    CompanyFactory.create(customer__number="B-2", customer__name="重庆鞋业", customer__aum=6)


def names(text: str) -> list[str]:
    return [customer.name for customer in search(StaffFactory.create(), text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("黄", ["黄雅", "黄雅琴"]),
        ("黄雅琴", ["黄雅琴"]),
        (" 黄 雅琴 ", ["黄雅琴"]),
        ("雅琴", []),  # persons: from the beginning
        ("单", ["单于丹", "单雄信"]),
        ("单于", ["单于丹"]),
        ("鞋业", ["重庆鞋业", "温州鑫恒鞋业有限公司"]),
        ("温州鑫", ["温州鑫恒鞋业有限公司"]),
        ("黃雅琴", ["黄雅琴"]),  # traditional finds simplified
        ("叶钟", ["葉鍾"]),  # and back
        ("葉钟", ["葉鍾"]),
        ("單雄", ["单雄信"]),
        ("尉迟", ["尉遲恭"]),
        ("纺织厂", ["東方紡織廠"]),
        ("東方", ["東方紡織廠"]),
        ("hyq", ["黄雅琴"]),
        ("lile", ["李乐"]),
        ("liyue", ["李乐"]),  # the other reading of a given name
        ("liyuehua", []),
        ("qiuying", ["仇英"]),
        ("chouying", ["仇英"]),  # as those read it who do not know the surname
        ("yuchi", ["尉遲恭"]),
        ("HY", ["黄雅", "黄雅琴"]),
        ("huangya", ["黄雅", "黄雅琴"]),
        ("huang yaqin", ["黄雅琴"]),
        ("huang'ya qin", ["黄雅琴"]),
        ("shan", ["单雄信"]),
        ("chanyu", ["单于丹"]),
        ("lvbu", ["吕布"]),
        ("lü", ["吕布"]),
        ("lyubu", ["吕布"]),
        ("zhang", ["章子怡"]),
        ("cqxy", ["重庆鞋业"]),
        ("5678", ["黄雅琴"]),
        ("2210", ["黄雅琴"]),
        ("0024", ["黄雅琴"]),
        ("002x", ["黄雅"]),
        ("00２４", ["黄雅琴"]),
        ("13812345678", ["黄雅琴"]),
        ("138 1234 5678", ["黄雅琴"]),
        ("+86 138-1234-5678", ["黄雅琴"]),
        ("0577-88002210", ["黄雅琴"]),
        ("057788002210", ["黄雅琴"]),
        ("huang@example.com", ["黄雅琴"]),
        ("Huang@Example.com", ["黄雅琴"]),
        (HUANG, ["黄雅琴"]),
        ("11010519491231002x", ["黄雅"]),
        ("330027418", ["黄雅琴"]),
        ("33002741", ["黄雅", "黄雅琴"]),
        ("a-77", ["单雄信"]),
        ("13812345679", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_____", []),
        ("\\", []),
        ("' or 1=1 --", []),
    ],
)
def test_what_is_typed_finds_whom_it_means(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", Shape.NOTHING),
        ("黄", Shape.NAME),
        ("hyq", Shape.LATIN),
        ("1234", Shape.TAIL),
        ("123x", Shape.TAIL),
        ("12345", Shape.LATIN),
        ("0577-88002210", Shape.PHONE),
        (OLD, Shape.IDENTITY),
        ("91350100M000100Y43", Shape.IDENTITY),
        ("a@b.cn", Shape.EMAIL),
    ],
)
def test_the_shape_decides_where_to_look(text: str, shape: Shape) -> None:
    assert shape_of(text) is shape


@pytest.mark.parametrize("text", ["黄", "hy", "5678", HUANG, "13812345678", "33002", "鞋业"])
def test_nobody_is_found_outside_the_scope(text: str) -> None:
    stranger = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    owner = StaffFactory.create(scope=DataScope.OWN)
    assert search(stranger, text) == []
    assert search(owner, text) == []
    Customer.objects.update(owner=owner)
    assert search(owner, text) != []


def test_many_and_few_find_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {text: set(matching(Customer.objects.all(), text)) for text in ("黄", "hy", "单", "3300", "0024", "鞋业")}
    monkeypatch.setattr(queries, "FEW", 0)
    assert {text: set(matching(Customer.objects.all(), text)) for text in few} == few


def test_an_empty_text_narrows_nothing() -> None:
    assert matching(Customer.objects.all(), " ").count() == Customer.objects.count()


def test_only_so_many_are_given_and_they_are_the_largest() -> None:
    CustomerFactory.create_batch(5, name="黄大", aum=Decimal(10_000_000))
    found = search(StaffFactory.create(), "黄", limit=3)
    assert [customer.name for customer in found] == ["黄大"] * 3
