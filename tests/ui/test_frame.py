"""The base page, error pages, languages, static files."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from tests.factories import StaffFactory

from keheng.runtime.frontend import SERVED


@pytest.fixture
def page(browse: Client) -> Any:
    return lambda path="/trial/", **cookies: _get(browse, path, cookies)


def _get(client: Client, path: str, cookies: dict[str, str]) -> str:
    client.cookies.load(cookies)
    return client.get(path).content.decode()


def test_nothing_inline_and_nothing_from_elsewhere(page: Any) -> None:
    text = page()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


def test_theme_and_folded_navigation_come_with_the_page(page: Any) -> None:
    assert 'data-bs-theme="light"' in page()
    assert 'data-bs-theme="dark"' in page(theme="dark")
    assert 'data-bs-theme="light"' in page(theme='"><script>')
    assert 'class="nav-narrow"' in page(nav="narrow")


def test_chinese_unless_chosen_otherwise(browse: Client) -> None:
    browser = {"Accept-Language": "en-US,en;q=0.9"}
    answer = browse.get("/trial/", headers=browser)
    assert '<html lang="zh-hans"' in answer.content.decode()
    assert answer["Content-Language"] == "zh-hans"
    browse.post("/language/", {"language": "en", "next": "/trial/"})
    assert '<html lang="en"' in browse.get("/trial/").content.decode()
    browse.post("/language/", {"language": "xx", "next": "/trial/"})
    browse.cookies.load({configured.LANGUAGE_COOKIE_NAME: "xx"})
    assert '<html lang="zh-hans"' in browse.get("/trial/").content.decode()


def test_the_language_can_be_changed_before_signing_in(client: Client, db: None) -> None:
    assert client.post("/language/", {"language": "en", "next": "/accounts/login/"}).status_code == 302
    assert "Sign in" in client.get("/accounts/login/").content.decode()


def test_a_missing_page_says_what_to_do(client: Client, browse: Client) -> None:
    answer = browse.get("/nothing-of-the-kind/")
    assert answer.status_code == 404
    assert "这里没有内容" in answer.content.decode()
    assert "k-nav" in answer.content.decode()
    visitor = Client().get("/nothing-of-the-kind/")
    assert visitor.status_code == 404
    assert "k-gate" in visitor.content.decode()


def test_a_refusal_to_a_fragment_is_one_sentence(client: Client, trial_pages: None, db: None) -> None:
    client.force_login(StaffFactory.create(permissions=()))
    answer = client.get("/trial/", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/plain")
    assert "权限" in answer.content.decode()


def test_an_expired_form_says_so(someone: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(someone)
    answer = client.post("/trial/", {"action": "columns"})
    assert answer.status_code == 403
    assert "表单已失效" in answer.content.decode()


def test_a_broken_page_answers_in_words(someone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ui.pages.StaffList.get_queryset", lambda _self: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(someone)
    answer = client.get("/trial/")
    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()


def test_an_unreadable_request_answers_in_words(browse: Client) -> None:
    answer = browse.post("/trial/", {"action": "nothing"})
    assert answer.status_code == 400
    assert "无法识别这个请求" in answer.content.decode()


def test_a_foreign_host_name_is_refused(client: Client, db: None) -> None:
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


def test_the_policy_allows_only_this_host(client: Client, db: None) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


# -- static files ------------------------------------------------------------------------------------------------------


def test_addresses_carry_a_hash_of_the_content() -> None:
    assert re.fullmatch(r"/static/ui/keheng\.css\?v=[0-9a-f]{10}", static("ui/keheng.css"))
    assert static("ui/nothing.css") == "/static/ui/nothing.css"


def test_only_the_files_that_pages_use_are_served(frontend_packages: Any, client: Client) -> None:
    for name in SERVED:
        assert finders.find(f"vendor/{name}"), name
    for name in ("echarts/dist/echarts.js", "echarts/package.json", "../package.json", "axe-core/axe.min.js"):
        assert not finders.find(f"vendor/{name}"), name


def test_static_files_are_kept_for_ever_and_sent_compressed(frontend_packages: Any, client: Client, db: None) -> None:
    answer = client.get("/static/vendor/htmx.org/dist/htmx.min.js", headers={"Accept-Encoding": "gzip"})
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["Content-Encoding"] == "gzip"
    assert not answer.streaming
    assert client.head("/static/ui/keheng.css").content == b""
    again = client.get("/static/ui/keheng.css", headers={"If-None-Match": client.get("/static/ui/keheng.css")["ETag"]})
    assert again.status_code == 304
