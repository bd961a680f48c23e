"""The pages of consents, requests and privacy rules."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.customers.privacy_acts import agreed, asked
from tests.factories import ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers.enums import CaseKind
from keheng.customers.models import AutomatedRefusal, Consent, PrivacyCase
from keheng.customers.queries.consent import consents_of
from keheng.org.models import Staff


def test_the_tab_records_and_shows(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    ContactPointFactory.create(customer=customer)
    url = reverse("archive:consent-tab", args=[customer.pk])
    assert client.get(url).status_code == 200
    data = {"purpose": "marketing", "channels": ["sms"], "how": "counter", "evidence": "KH0007"}
    page = client.post(url, data).content.decode()
    assert "KH0007" in page
    assert Consent.objects.get().channels == ["sms"]
    refused = client.post(url, {"purpose": "care", "how": "counter"})
    assert refused.context["form"].errors["channels"]


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_request_has_its_page(client: Client, officer: Staff, kind: CaseKind) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    data = {"kind": kind.value, "proof": "document", "wish": ""}
    answer = client.post(reverse("archive:case-new") + f"?customer={customer.pk}", data)
    case = PrivacyCase.objects.get()
    assert answer["Location"] == reverse("archive:case", args=[case.pk])
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert bool(page.context["standing"]) is (kind == CaseKind.DELETION)
    action = {"access": "copy", "correction": "correct", "deletion": "erase", "automated": "automated",
              "explanation": "answer"}[kind.value]  # fmt: skip
    given_ = {"form": "pdf", "field": "occupation", "value": "医生", "outcome": "granted", "answer": "已说明"}
    done = client.post(answer["Location"], {"action": action, **given_})
    assert done.status_code == (200 if kind == CaseKind.DELETION else 302)
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    assert client.get(answer["Location"]).status_code == 403


def test_pipl_24_the_page_of_the_request_allows_automated_decisions_again(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    case = asked(customer, CaseKind.AUTOMATED, officer)
    url, tab = case.get_absolute_url(), reverse("archive:consent-tab", args=[customer.pk])
    assert "恢复自动化决策" not in client.get(url).content.decode()
    client.post(url, {"action": "automated"})
    assert "恢复自动化决策" in client.get(url).content.decode()
    assert url in client.get(tab).content.decode()
    assert client.post(url, {"action": "allow", "reason": ""}).context["allow_form"].errors["reason"]
    assert AutomatedRefusal.objects.filter(customer=customer).exists()
    assert client.post(url, {"action": "allow", "reason": "柜面书面撤回"}).status_code == 302
    assert not AutomatedRefusal.objects.exists()
    page = client.get(url).content.decode()
    assert "柜面书面撤回" in page
    assert 'value="allow"' not in page
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    assert url not in client.get(tab).content.decode()
    assert client.post(url, {"action": "allow", "reason": "客户要求"}).status_code == 403


def test_the_list_costs_the_same_for_one_row_and_for_three(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            asked(CustomerFactory.create(), CaseKind.ACCESS, officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("archive:cases"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_rules_are_changed_on_their_page_and_a_new_wording_is_a_new_version(client: Client, officer: Staff) -> None:
    client.force_login(officer)
    customer = CustomerFactory.create()
    agreed(customer, officer, ["sms"])
    form = client.get(reverse("archive:privacy-rules")).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"reason": "修订告知书", "text-marketing": "新的告知内容。", "days-access": "10"}
    data |= {"new_code": "club", "new_name": "会员活动", "new_text": "邀请您参加会员活动。"}
    answer = client.post(reverse("archive:privacy-rules"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    state = next(state for state in consents_of(customer) if state.purpose.code == "marketing")
    assert (state.purpose.version, state.outdated) == (2, True)
    assert any(state.purpose.code == "club" for state in consents_of(customer))
    assert agreed(customer, officer, ["sms"]) is not None
