"""A real Chromium without a window, which fetches nothing, to look at pages and pictures with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from playwright.sync_api import BrowserContext, Dialog, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # it runs as root in containers, and shows nothing but our own files
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

Scheme = Literal["light", "dark"]


def program() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browser(*, width: int = 1400, height: int = 900, scale: float = 1) -> Iterator[BrowserContext]:
    """A browser with a profile of its own."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=program(),
            args=list(ARGUMENTS),
            chromium_sandbox=False,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            env=_environment(profile),
        )
        context.set_default_timeout(10_000)
        yield context
        context.close()


def _environment(home: str) -> dict[str, str | float | bool]:
    kept: dict[str, str | float | bool] = {
        name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ
    }
    return {**kept, "HOME": home}


class Seen(Struct, frozen=True):
    """A page that is open, with what it complained about and whom it asked for something."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def opened(context: BrowserContext, file: Path, scheme: Scheme = "light") -> Seen:
    """Opens a file, as a person would."""
    seen = Seen(context.new_page())
    seen.page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("dialog", lambda dialog: _refused(dialog, seen))
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.emulate_media(color_scheme=scheme)
    seen.page.goto(file.as_uri())
    return seen


def _refused(dialog: Dialog, seen: Seen) -> None:
    seen.complaints.append(dialog.message)
    dialog.dismiss()
