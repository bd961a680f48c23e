"""Signing in: the lock after failed attempts, the second step, no doors for strangers."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import caches
from django.db import connection
from django.test import Client
from tests.factories import StaffFactory

from keheng.org.models import Staff

PASSWORD = "right-horse-9-staple"


@pytest.fixture
def member(db: None) -> Staff:
    made = StaffFactory.create(username="wz0123", permissions=("org.view",))
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(password: str, username: str = "wz0123", client: Client | None = None) -> Any:
    return (client or Client()).post("/accounts/login/", {"login": username, "password": password})


def test_a_member_of_staff_signs_in_and_out(member: Staff, client: Client) -> None:
    assert sign_in(PASSWORD, client=client).status_code == 302
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/accounts/password/change/").status_code == 302


def test_failed_attempts_lock_the_account_for_everybody(member: Staff) -> None:
    for _ in range(5):
        assert "用户名或密码错误" in sign_in("wrong").content.decode()
    locked = sign_in(PASSWORD)
    assert locked.status_code == 200
    assert "已锁定 5 分钟" in locked.content.decode()


def test_the_count_of_failures_is_shared_by_all_processes(member: Staff) -> None:
    sign_in("wrong")
    assert type(caches["default"]).__name__ == "DatabaseCache"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ui_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone()[0] >= 2


def test_unknown_and_known_names_get_the_same_answer(member: Staff) -> None:
    strip = lambda response: response.context["form"].non_field_errors()  # noqa: E731
    assert strip(sign_in("wrong")) == strip(sign_in("wrong", username="nobody"))


def test_a_closed_account_is_told_so(member: Staff) -> None:
    Staff.objects.filter(pk=member.pk).update(is_active=False)
    client = Client()
    answer = client.post("/accounts/login/", {"login": "wz0123", "password": PASSWORD}, follow=True)
    assert "账号已停用" in answer.content.decode()
    assert client.get("/accounts/password/change/").status_code == 302


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "login/code/", "3rdparty/"]
)
def test_there_is_no_other_door(client: Client, db: None, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("path", ["login/", "inactive/"])
def test_the_pages_before_sign_in_open(client: Client, db: None, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 200


@pytest.mark.parametrize("path", ["password/change/", "2fa/", "logout/", "reauthenticate/"])
def test_the_pages_of_ones_account_open(member: Staff, client: Client, path: str) -> None:
    sign_in(PASSWORD, client=client)
    answer = client.get(f"/accounts/{path}", follow=True)
    assert answer.status_code == 200
    assert "客衡" in answer.content.decode()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_second_step_is_set_up_asked_and_encrypted(member: Staff, client: Client) -> None:
    sign_in(PASSWORD, client=client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert answer.status_code == 200
    stored = Authenticator.objects.get(user=member, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored

    codes = client.get("/accounts/2fa/recovery-codes/")
    assert codes.status_code == 200

    other = Client()
    step = sign_in(PASSWORD, client=other)
    assert step["Location"].startswith("/accounts/2fa/authenticate/")
    page = other.get("/accounts/2fa/authenticate/").content.decode()
    assert "k-gate" in page
    assert "代码" in other.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert other.get("/accounts/password/change/").status_code == 302
