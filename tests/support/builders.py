"""Which builder the docker command of a test has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import lab


def has_buildx(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The docker command is the lab's, which has buildx; its notes go to a folder of the test's own."""
    command = lab.docker_command()
    monkeypatch.setenv("PATH", f"{command}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_CONFIG", str(command / "config"))
    monkeypatch.setenv("BUILDX_CONFIG", str(folder))
    monkeypatch.delenv("DOCKER_BUILDKIT", raising=False)
