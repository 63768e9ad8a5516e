"""Pictures of the admin's pages: admin_pictures.py URL FOLDER, as admin_pictures.sh."""

import io
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

_WIDTH: Final = 1240
_LISTS: Final = {
    "customer": "customers/customer",
    "schedule": "templates_app/schedule",
    "webhook": "exports/webhook",
    "destination": "exports/destination",
}
"""Pages that are the first of a list."""
_HEIGHTS: Final = {"dashboard": 1180, "customer": 1240, "schedule": 900}
_USUAL: Final = 820


def _wait(url: str) -> None:
    for _ in range(240):
        try:
            with urlopen(f"{url}/healthz", timeout=30):  # noqa: S310 -- of this machine  # nosec B310
                return
        except OSError:  # it is not up yet, or too busy to say
            time.sleep(0.25)
    raise SystemExit(f"{url} does not answer")


def _sign_in(page: Page) -> None:
    page.goto("/admin/login/")
    page.locator("#id_username").fill("vera")
    page.locator("#id_password").fill("pictures")
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/admin/")


def _taken(page: Page, path: Path, **options: Any) -> None:
    """In few colours: the pages have no photographs."""
    page.wait_for_timeout(700)
    shot = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
    few = shot.quantize(colors=96, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _open(page: Page, name: str) -> None:
    page.set_viewport_size({"width": _WIDTH, "height": _HEIGHTS.get(name, _USUAL)})
    page.goto("/admin/")
    if name in _LISTS:
        page.goto(f"/admin/{_LISTS[name]}/")
        page.locator("#result_list tbody th a, #result_list tbody td a").first.click()
        page.wait_for_load_state()


def main(url: str, folder: Path) -> None:
    _wait(url)
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        page = browser.new_page(base_url=url, color_scheme="light", locale="en-GB")
        _sign_in(page)
        for name in ("dashboard", *_LISTS):
            _open(page, name)
            _taken(page, folder / f"admin-{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
