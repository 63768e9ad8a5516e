"""A page in a browser, and what it complains of: errors, refusals, the policy's too."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Dialog, Page

FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
"""Of a browser without a screen, that calls nobody."""
AXE: Final = Path(__file__).parent / "axe" / "axe.min.js"
"""axe-core 4.14.1, as it came."""
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN: Final = """async (rules) => {
  const runOnly = { type: "tag", values: rules };
  const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  return found.violations.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 300)} ` +
      [...node.any, ...node.all].map((check) => check.message).join("; ")));
}"""
_FITS: Final = "() => document.documentElement.scrollWidth <= innerWidth"
_TEXTS: Final = """() => [document.body.textContent,
  ...[...document.querySelectorAll("input, textarea")].map((box) => box.value)
].join("\\n")"""


class Seen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location}")

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def open(self, path: str) -> None:
        """Until what its modules fetch is there, too."""
        self.page.goto(path)
        if self.page.locator("script[type=module]").count():
            self.page.wait_for_load_state("networkidle")

    def violations(self) -> list[str]:
        # What is evaluated for a test stands outside of the page's policy.
        self.page.evaluate(AXE.read_text())
        found: list[str] = self.page.evaluate(_RUN, RULES)
        return found

    def overflows(self) -> bool:
        """Whether the page itself, not a table in it, scrolls sideways.

        What was laid out for another width has a moment to follow.
        """
        for _ in range(30):
            if self.page.evaluate(_FITS):
                return False
            self.page.wait_for_timeout(100)
        return True

    def texts(self) -> str:
        """What it says, and what stands in its boxes."""
        told: str = self.page.evaluate(_TEXTS)
        return told
