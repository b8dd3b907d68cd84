"""Makes the pictures that the README shows: `python -m tests.browser.screenshots`. Needs Chromium.

The SVG is what `topo graph` writes, and a test holds it to that; the page is shown light and dark.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import get_args

from playwright.sync_api import BrowserContext

from tests.support.browsing import Scheme, browser, opened
from tests.support.command import topo

EXAMPLE = Path(__file__).parents[2] / "examples" / "three-tier"
PICTURES = EXAMPLE / "pictures"
SIZE = {"width": 1120, "height": 560}


def svg() -> str:
    """The example as a picture."""
    return topo(EXAMPLE, "graph", "--format", "svg").out


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "topology.svg").write_text(svg(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, browser(**SIZE) as context:
        page = Path(folder) / "page.html"
        output = os.path.relpath(page, EXAMPLE)
        topo(EXAMPLE, "graph", "--format", "html", "--output", output)
        for scheme in get_args(Scheme):
            _shoot(context, page, scheme)
    return 0


def _shoot(context: BrowserContext, file: Path, scheme: Scheme) -> None:
    page = opened(context, file, scheme).page
    for name in ("flaskapp", "db"):
        page.click(f".body .row[data-key='{name}']")
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"page-{scheme}.png")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
