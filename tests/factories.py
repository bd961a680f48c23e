"""Records to act on. Values are plausible and fictitious; every test passes what it is about."""

from datetime import date
from types import SimpleNamespace

import factory
from django.core.cache import cache
from django.test import Client
from factory.django import DjangoModelFactory

from keheng.approvals.operations import load_presets as load_limits
from keheng.common.keys import key_ring
from keheng.common.pinyin import spell
from keheng.customers.enums import ContactKind, CustomerKind
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.org.enums import BranchKind, DataScope
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_roles
from keheng.portfolio.enums import ProductKind
from keheng.portfolio.models import Account, Product
from keheng.tiering.operations import load_presets as load_schemes


def head_office() -> Branch:
    """The root of the tree, made when it is not there yet."""
    return Branch.objects.filter(parent=None).first() or Branch.objects.create(
        code="HO", name="总行", kind=BranchKind.HEAD, path="HO/"
    )


class BranchFactory(DjangoModelFactory[Branch]):
    """An outlet under the head office, unless ``parent`` and ``kind`` say otherwise."""

    class Meta:
        model = Branch

    code = factory.Sequence(lambda n: f"OUT{n}")
    name = factory.LazyAttribute(lambda branch: f"网点{branch.code}")
    kind = BranchKind.OUTLET
    parent = factory.LazyFunction(head_office)
    path = factory.LazyAttribute(lambda branch: f"{branch.parent.path}{branch.code}/")


class RoleFactory(DjangoModelFactory[Role]):
    class Meta:
        model = Role

    code = factory.Sequence(lambda n: f"role-{n}")
    name = factory.LazyAttribute(lambda role: role.code)
    scope = DataScope.ALL
    permissions = factory.LazyFunction(list)


class StaffFactory(DjangoModelFactory[Staff]):
    """Somebody of the head office who may do what ``permissions`` says, in the scope ``scope``."""

    class Meta:
        model = Staff

    class Params:
        scope = DataScope.ALL
        permissions = ("*",)

    username = factory.Sequence(lambda n: f"s{n:05d}")
    name = factory.LazyAttribute(lambda staff: f"员工{staff.username}")
    branch = factory.LazyFunction(head_office)
    role = factory.LazyAttribute(
        lambda staff: RoleFactory.create(scope=staff.scope, permissions=list(staff.permissions))
    )


class CustomerFactory(DjangoModelFactory[Customer]):
    """A person of the head office; spelling and search keys follow the name and ``id_number``."""

    class Meta:
        model = Customer

    number = factory.Sequence(lambda n: f"33{n:08d}")
    kind = CustomerKind.PERSON
    name = "黄雅琴"
    pinyin = factory.LazyAttribute(lambda customer: spell(customer.name, person=customer.kind == "person")[0])
    initials = factory.LazyAttribute(lambda customer: spell(customer.name, person=customer.kind == "person")[1])
    branch = factory.LazyFunction(head_office)
    id_number = None
    id_index = factory.LazyAttribute(
        lambda customer: customer.id_number and key_ring().blind_index(customer.id_number, "customers.id_number")
    )
    id_tail = factory.LazyAttribute(
        lambda customer: customer.id_number and key_ring().blind_tail(customer.id_number, "customers.id_number")
    )
    opened_on = date(2020, 3, 2)


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company

    customer = factory.SubFactory(CustomerFactory, kind=CustomerKind.COMPANY, name="温州鑫恒鞋业有限公司")


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    class Meta:
        model = ContactPoint

    customer = factory.SubFactory(CustomerFactory)
    kind = ContactKind.MOBILE
    value = "13812345678"
    value_index = factory.LazyAttribute(lambda point: key_ring().blind_index(point.value, "customers.contact"))
    value_tail = factory.LazyAttribute(lambda point: key_ring().blind_tail(point.value, "customers.contact"))


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"P{n:03d}")
    name = "活期存款"
    kind = ProductKind.DEMAND


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    number = factory.Sequence(lambda n: f"622848{n:013d}")
    number_index = factory.LazyAttribute(lambda account: key_ring().blind_index(account.number, "portfolio.account"))
    number_tail = factory.LazyAttribute(lambda account: key_ring().blind_tail(account.number, "portfolio.account"))


def small_bank() -> SimpleNamespace:
    """A ``branch`` with the outlets ``outlet`` and ``other``, presets loaded; ``hire`` makes people by role."""
    cache.clear()
    load_roles()
    load_limits()
    load_schemes()
    roles = {role.code: role for role in Role.objects.all()}
    branch = BranchFactory.create(kind=BranchKind.BRANCH, parent=head_office())
    outlet, other = BranchFactory.create(parent=branch), BranchFactory.create(parent=branch)

    def hire(role: str, place: Branch = outlet, *, name: str = "", title: str = "") -> Staff:
        named = {"name": name} if name else {}
        staff: Staff = StaffFactory.create(role=roles[role], branch=place, title=title, **named)
        return staff

    return SimpleNamespace(branch=branch, outlet=outlet, other=other, hire=hire)


def as_(staff: Staff) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(staff)
    return client
