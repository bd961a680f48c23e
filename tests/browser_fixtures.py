"""Pages in a real Chromium: signed in as any role, at 1366×768, with every console error and CSP violation a failure.

    @pytest.mark.browser
    def test_list_opens(signed_in, screenshot):
        page = signed_in("branch-head")            # a member of staff of that role; or pass a Staff
        page.goto("/customers/")
        assert_accessible(page)
        screenshot(page, "customers")              # kept where KEHENG_SCREENSHOTS names a folder

Skipped, with the reason, where no Chromium is installed or the front-end packages cannot be fetched.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets
from keheng.runtime.errors import SetupError
from keheng.runtime.frontend import ensure_packages

SIZE = {"width": 1366, "height": 768}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


def find_chromium() -> str | None:
    """The Chromium or Chrome on the PATH."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def frontend_packages() -> Path:
    try:
        return ensure_packages()
    except SetupError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def browser(frontend_packages: Path) -> Iterator[Browser]:
    """One browser a module. Playwright keeps an event loop running, which Django must be told to bear with."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on the PATH (install the package chromium)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(executable_path=program, args=_FLAGS)
            yield running
            running.close()


class Watch:
    """Collects what a page complains of. ``expect`` names complaints that a test provokes on purpose."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, text: str) -> None:
        self.expected.append(text)

    def attach(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(text in line for text in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def open_page(browser: Browser, live_server: Any, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Make pages: ``open_page()`` for a visitor, ``open_page(staff, theme="dark", language="en")`` signed in."""
    contexts = []

    def make(staff: Staff | None = None, *, theme: str = "light", language: str = "zh-hans") -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=SIZE)  # type: ignore[arg-type]
        contexts.append(context)
        cookies = {"theme": theme, settings.LANGUAGE_COOKIE_NAME: language}
        if staff is not None:
            client = Client()
            client.force_login(staff)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch.attach(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor's page."""
    return open_page()


@pytest.fixture
def staff_of(transactional_db: None) -> Callable[[str], Staff]:
    """A member of staff of the head office, by the code of the role."""
    load_presets()

    def make(role: str) -> Staff:
        member, created = Staff.objects.get_or_create(
            username=role,
            defaults={"name": "林建峰", "branch": Branch.objects.get(parent=None), "role": Role.objects.get(code=role)},
        )
        if created:
            member.set_password("demo-password-9")
            member.save()
        return member

    return make


@pytest.fixture
def signed_in(open_page: Callable[..., Page], staff_of: Callable[[str], Staff]) -> Callable[..., Page]:
    """A page signed in as a role (its code) or as a member of staff."""

    def make(who: str | Staff, **options: str) -> Page:
        return open_page(staff_of(who) if isinstance(who, str) else who, **options)

    return make


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Keep a picture of the page where ``KEHENG_SCREENSHOTS`` names a folder; else do nothing."""
    folder = os.environ.get("KEHENG_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious or critical on the page."""
    assert serious_findings(page) == []


def serious_findings(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    page.evaluate((settings.FRONTEND_PACKAGES / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']} — {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
