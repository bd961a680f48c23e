"""Tokens on pages: made with a part of one's rights, shown once, ended by oneself or by whoever manages one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.org.enums import DataScope
from keheng.org.models import ApiToken, Staff
from keheng.org.operations import make_token, open_token, revoke_token

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def member() -> Staff:
    return StaffFactory.create(permissions=("api.use", "customers.view"))


def made(member: Staff, **given: object) -> tuple[ApiToken, str]:
    return make_token(
        **{"name": "报表", "permissions_held": ["customers.view"], "days": 30, "actor": member, "at": AT, **given}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"days": 31}, "days"),
        ({"days": 100_000}, "days"),
        ({"permissions_held": []}, "permissions"),
        ({"permissions_held": ["customers.edit"]}, "permissions"),
        ({"permissions_held": ["*"]}, "permissions"),
    ],
)
def test_what_no_token_may_be(member: Staff, given: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made(member, **given)
    assert field in caught.value.message_dict


def test_who_may_make_tokens(member: Staff) -> None:
    with pytest.raises(PermissionDenied):
        made(StaffFactory.create(permissions=("customers.view",)))
    token = open_token(secret=made(member)[1], at=AT)
    assert isinstance(token, ApiToken)
    with pytest.raises(PermissionDenied, match="no further"):
        made(token.staff)


def test_use_is_told_once_a_minute(member: Staff) -> None:
    token, secret = made(member)
    for seconds in (0, 30, 59):
        open_token(secret=secret, at=AT + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == AT
    open_token(secret=secret, at=AT + timedelta(seconds=60))
    token.refresh_from_db()
    assert token.last_used_at == AT + timedelta(seconds=60)


def test_only_managers_end_the_tokens_of_others(member: Staff) -> None:
    token, _secret = made(member)
    with pytest.raises(PermissionDenied):
        revoke_token(token=token, actor=StaffFactory.create(permissions=("api.use",)), at=AT)
    elsewhere = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    with pytest.raises(PermissionDenied):
        revoke_token(token=token, actor=elsewhere, at=AT)
    revoke_token(token=token, actor=StaffFactory.create(), at=AT)
    assert Entry.objects.filter(action="org.revoke_token").count() == 1


def test_the_pages(client: Client, member: Staff) -> None:
    client.force_login(member)
    client.cookies["django_language"] = "en"
    assert "No token yet" in client.get(reverse("org:tokens")).content.decode()
    page = client.get(reverse("org:new-token")).content.decode()
    assert "customers.edit" not in page
    shown = client.post(
        reverse("org:new-token"), {"name": "夜间报表", "days": 30, "permissions": ["customers.view"]}
    ).content.decode()
    token = ApiToken.objects.get()
    assert token.beginning in shown
    listed = client.get(reverse("org:tokens")).content.decode()
    assert "夜间报表" in listed
    client.post(reverse("org:revoke-token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_nobody_sees_the_tokens_of_others(client: Client, member: Staff) -> None:
    made(member)
    stranger = StaffFactory.create(permissions=("api.use",))
    client.force_login(stranger)
    assert "报表" not in client.get(reverse("org:tokens")).content.decode()
    assert client.post(reverse("org:revoke-token", args=[ApiToken.objects.get().pk])).status_code == 404


def test_the_list_takes_no_more_queries_for_more_tokens(client: Client, member: Staff) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(StaffFactory.create())
    counts = []
    for _ in range(2):
        made(member)
        made(StaffFactory.create(permissions=("api.use", "customers.view")))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("org:tokens"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
