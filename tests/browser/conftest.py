"""Fixtures for tests in a real browser: `tests/run.sh` installs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.support import browsing, lab
from tests.support.browsing import Scheme, Seen
from tests.support.command import topo

Opening = Callable[..., Seen]


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserContext]:
    """A browser for the tests of a module: another's event loop must not find it running."""
    if browsing.program() is None:
        reason = "no browser: there is no chromium on the PATH; tests/run.sh installs it"
        if lab.required():
            pytest.fail(f"a browser is required, but there is {reason}")
        pytest.skip(reason)
    with browsing.browser() as context:
        yield context


@pytest.fixture
def page_of(chromium: BrowserContext, tmp_path: Path) -> Iterator[Opening]:
    """Makes a page of a stack with `topo graph`, and opens it."""
    pages = []

    def opening(text: str, *arguments: str, scheme: Scheme = "light") -> Seen:
        (tmp_path / "stack.yml").write_text(text)
        ran = topo(tmp_path, "graph", "--format", "html", "--output", "page.html", *arguments)
        assert ran.code == 0, ran.err
        seen = browsing.opened(chromium, tmp_path / "page.html", scheme)
        pages.append(seen)
        return seen

    yield opening
    for seen in pages:
        seen.page.close()
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
