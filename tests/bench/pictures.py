"""What drawing takes by the size of a stack, and a browser to show it: `python -m tests.bench.pictures`.

Needs no engine; without Chromium the last column stays empty. A page is drawn once its script has run and two
frames have been painted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import Cost, Program, medians
from tests.support.browsing import browser, opened, program
from tests.support.pictured import large

SIZES = (3, 30, 300, 1000)
ROUNDS = 3
LIMIT = 3.0
"""Seconds of a processor for 1,000 services as a picture."""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def drawn(stack: Path, form: str) -> Cost:
    """The median of a few drawings; the picture is left beside the stack."""
    topo = str(Path(sys.executable).parent / "topo")
    arguments = [
        topo,
        "graph",
        "-f",
        str(stack),
        "--format",
        form,
        "--output",
        str(stack.with_suffix(f".{form}")),
    ]
    return medians([Program(name=form, arguments=arguments, environment=os.environ)], ROUNDS)[form]


def shown(page: Path) -> str:
    """How long a browser takes from the file to the second frame."""
    if program() is None:
        return ""
    with browser() as context:
        began = time.perf_counter()
        opened(context, page).page.evaluate(PAINTED)
        return f"{time.perf_counter() - began:6.2f} s to show"


def main() -> int:
    """Prints a line for each size; 1 if the largest takes too long."""
    last = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            stack = Path(folder) / f"{size}.yml"
            stack.write_text(large(size))
            svg, html = drawn(stack, "svg"), drawn(stack, "html")
            page = stack.with_suffix(".html")
            print(
                f"{size:5} services   svg {svg.cpu:5.2f} s of CPU   page {html.cpu:5.2f} s of CPU, "
                f"{page.stat().st_size / 1e6:4.1f} MB, {shown(page)}"
            )
            last = svg.cpu
    return 1 if last > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
