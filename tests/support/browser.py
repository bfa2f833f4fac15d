"""A real browser: Debian's Chromium, driven by Playwright."""

import os
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

#: WCAG 2.2 AA and best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_AXE = next(Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js"))


def chromium() -> str | None:
    """Return the path of the installed Chromium, if there is one."""
    for path in (
        os.environ.get("CHROMIUM"),
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ):
        if path and os.access(path, os.X_OK):
            return path
    return None


def axe_faults(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands now; an empty list when nothing."""
    page.evaluate(_AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)[
        "violations"
    ]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]
