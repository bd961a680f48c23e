"""Opening and changing archives on pages."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import (
    BranchFactory,
    CompanyFactory,
    ContactPointFactory,
    CustomerFactory,
    StaffFactory,
    head_office,
)

from keheng.customers.models import Company, Customer
from keheng.org.enums import DataScope

pytestmark = pytest.mark.django_db
SAMPLE = "11010519491231002X"


def signed_in(**given: object) -> Client:
    client = Client()
    client.force_login(StaffFactory.create(**given))
    client.cookies["django_language"] = "en"
    return client


def test_a_person_is_taken_in_with_document_and_phone() -> None:
    client = signed_in()
    given = {
        "name": "黄雅琴",
        "branch": head_office().pk,
        "id_kind": "resident",
        "id_number": SAMPLE,
        "mobile": "138 1234 5678",
        "occupation": "个体户",
    }
    response = client.post("/customers/new/", given)
    customer = Customer.objects.get()
    assert response.headers["Location"] == f"/customers/{customer.pk}/"
    assert (customer.name, customer.id_number, customer.occupation) == ("黄雅琴", SAMPLE, "个体户")
    assert customer.contact_points.get().value == "13812345678"


def test_a_company_is_taken_in_with_what_is_known_of_it() -> None:
    client = signed_in()
    given = {
        "name": "温州鑫恒鞋业有限公司",
        "branch": head_office().pk,
        "id_kind": "uscc",
        "id_number": "91350100M000100Y43",
        "industry": "retail",
        "annual_sales": "300000000",
        "is_borrower": "on",
    }
    client.post("/customers/new/?kind=company", given)
    company = Company.objects.get()
    assert (company.industry, company.annual_sales, company.is_borrower) == ("retail", 300_000_000, True)
    assert company.customer.kind == "company"


def test_whoever_sees_only_their_own_answers_for_the_new_customer() -> None:
    branch = BranchFactory.create()
    actor = StaffFactory.create(branch=branch, scope=DataScope.OWN, permissions=["customers.view", "customers.edit"])
    client = Client()
    client.force_login(actor)
    client.post("/customers/new/", {"name": "黄雅琴", "branch": branch.pk})
    assert Customer.objects.get().owner == actor


def test_mistakes_stand_beside_their_fields_and_nothing_is_written() -> None:
    given = {"name": "黄雅琴", "branch": head_office().pk, "id_kind": "resident", "id_number": SAMPLE[:-1] + "1"}
    response = signed_in().post("/customers/new/", {**given, "mobile": "138"})
    assert "mistyped" in str(response.context["form"].errors["id_number"])
    response = signed_in().post("/customers/new/", {"name": "黄雅琴", "branch": head_office().pk, "mobile": "138"})
    assert "11 digits" in str(response.context["form"].errors["mobile"])
    assert not Customer.objects.exists()


def test_an_edit_shows_masks_and_keeps_what_is_left_empty() -> None:
    customer = CustomerFactory.create(id_kind="resident", id_number=SAMPLE, occupation="个体户")
    ContactPointFactory.create(customer=customer)
    client = signed_in()
    panel = reverse("archive:section", args=[customer.pk, "basic"])
    response = client.get(panel)
    page = response.content.decode()
    assert "1101************2X" in page
    assert SAMPLE not in page
    seen = response.context["form"]["seen"].value()
    sent = {"name": "黄雅琴", "id_kind": "resident", "status": "active", "education": "本科", "sex": "f"}
    assert (
        client.post(panel, {**sent, "seen": seen, "source": "manager", "birth_date": "1949-12-31"}).status_code == 204
    )
    customer.refresh_from_db()
    assert (customer.education, customer.id_number) == ("本科", SAMPLE)
    assert customer.contact_points.count() == 1


def test_a_company_is_edited() -> None:
    company = CompanyFactory.create(industry="制鞋", is_strategic=True)
    client = signed_in()
    panel = reverse("archive:section", args=[company.pk, "company"])
    response = client.get(panel)
    assert "制鞋" in response.content.decode()
    seen = response.context["form"]["seen"].value()
    assert client.post(panel, {"seen": seen, "source": "manager", "industry": "retail"}).status_code == 204
    company.refresh_from_db()
    assert (company.industry, company.industry_name, company.is_strategic) == ("retail", "Retail", False)


def test_who_may_not_edit_does_not_get_the_form() -> None:
    here = BranchFactory.create()
    inside, outside = CustomerFactory.create(branch=here), CustomerFactory.create()
    teller = {"branch": here, "scope": DataScope.SUBTREE, "permissions": ["customers.view", "customers.edit"]}
    assert signed_in(**teller).get(reverse("archive:section", args=[inside.pk, "work"])).status_code == 200
    assert signed_in(**teller).get(reverse("archive:section", args=[outside.pk, "work"])).status_code == 404
    reader = {**teller, "permissions": ["customers.view"]}
    assert signed_in(**reader).get(reverse("archive:section", args=[inside.pk, "work"])).status_code == 403
    assert signed_in(**reader).get("/customers/new/").status_code == 403
    strict = CustomerFactory.create(branch=here, confidentiality=3)
    assert signed_in(**teller).post(reverse("archive:section", args=[strict.pk, "work"])).status_code == 403
