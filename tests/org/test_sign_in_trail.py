"""Sign-ins, failures and sign-outs stand in the trail, with the network address."""

import pytest
from django.test import Client
from tests.factories import StaffFactory

from keheng.audit.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "correct-Horse-7-battery"


def trail() -> list[tuple[str, str, str, str | None]]:
    return list(Entry.objects.order_by("pk").values_list("action", "outcome", "actor_name", "address"))


def test_sign_in_and_out(client: Client) -> None:
    member = StaffFactory.create(name="林建峰")
    member.set_password(PASSWORD)
    member.save()
    client.post("/accounts/login/", {"login": member.username, "password": PASSWORD}, REMOTE_ADDR="10.1.2.3")
    client.post("/accounts/logout/", REMOTE_ADDR="10.1.2.3")
    assert trail() == [
        ("org.sign_in", "done", "林建峰", "10.1.2.3"),
        ("org.sign_out", "done", "林建峰", "10.1.2.3"),
    ]


def test_failures_name_the_account_but_never_what_was_typed_instead_of_one(client: Client) -> None:
    member = StaffFactory.create(name="林建峰")
    client.post("/accounts/login/", {"login": member.username, "password": "wrong"})
    client.post("/accounts/login/", {"login": "my-secret-password", "password": "wrong"})
    assert trail() == [
        ("org.sign_in", "refused", "林建峰", "127.0.0.1"),
        ("org.sign_in", "refused", "", "127.0.0.1"),
    ]
    assert "my-secret-password" not in str(list(Entry.objects.values()))
