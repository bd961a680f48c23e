"""From a dropped file to its result in a browser: nothing in the console, nothing serious for axe, light and dark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.ingest.files import ROW, write_csv

from keheng.common import clock
from keheng.ingest import operations, tasks
from keheng.ingest.models import Batch
from keheng.org.models import Staff

pytestmark = pytest.mark.browser
type Shoot = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def uploads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keheng.ingest.uploads.home", lambda: home)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [ROW | {"客户号": f"K{number:03d}", "备注": "柜面"} for number in range(1, 31)]
    rows[4]["AUM"] = "约十万"
    return write_csv(tmp_path / "客户月末指标.csv", rows, encoding="gb18030")


def drop(page: Page, file: Path) -> None:
    """Let go of a file over the drop zone."""
    transfer = page.evaluate_handle(
        "([name, bytes]) => { const data = new DataTransfer();"
        " data.items.add(new File([new Uint8Array(bytes)], name)); return data; }",
        [file.name, list(file.read_bytes())],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def looks_right(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dropped_file_becomes_customers(
    signed_in: Callable[..., Page], screenshot: Shoot, file: Path, tmp_path: Path, theme: str
) -> None:
    page = signed_in("head-office-manager", theme=theme)
    page.goto("/ingest/")
    expect(page.get_by_text("还没有导入过数据")).to_be_visible()
    looks_right(page)
    screenshot(page, f"ingest-none-{theme}")

    page.get_by_role("link", name="新建导入").first.click()
    empty = tmp_path / "空.csv"
    empty.touch()
    page.set_input_files("input[type=file]", empty)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("alert")).to_contain_text("文件 空.csv 是空的")
    looks_right(page)
    screenshot(page, f"ingest-refused-{theme}")

    drop(page, file)
    expect(page.locator("[data-drop-name]")).to_contain_text("客户月末指标.csv")
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="前 20 行预览")).to_be_visible()
    expect(page.get_by_text("138****5678").first).to_be_visible()
    looks_right(page)
    screenshot(page, f"ingest-preview-{theme}")

    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("等待后台处理")).to_be_visible()
    looks_right(page)
    screenshot(page, f"ingest-running-{theme}")

    tasks.load(Batch.objects.get().pk)
    expect(page.get_by_role("heading", name="对账")).to_be_visible()
    expect(page.get_by_role("link", name="立即评定")).to_be_visible()
    expect(page.get_by_role("cell", name="约十万")).to_be_visible()
    looks_right(page)
    screenshot(page, f"ingest-result-{theme}")
    page.goto("/ingest/")
    expect(page.get_by_role("link", name="客户月末指标.csv")).to_be_visible()
    looks_right(page)


def test_an_import_that_waits_is_stopped_by_its_button(
    signed_in: Callable[..., Page], staff_of: Callable[[str], Staff], file: Path
) -> None:
    actor = staff_of("head-office-manager")
    batch = operations.create(profile="standard", path=file, actor=actor, at=clock.now())
    page = signed_in(actor)
    page.goto(f"/ingest/{batch.pk}/")
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("alert")).to_contain_text("导入已取消")
    expect(page.get_by_role("button", name="重新导入此文件")).to_be_visible()
    looks_right(page)
