"""What to do about an image that cannot be had; the texts are the engines'."""

from __future__ import annotations

import pytest

from cli.advice import advice
from reconciler.address import service
from reconciler.executor import Done, Result
from reconciler.steps import ExecInContainer, PullImage, WaitHealthy

OURS = "registry.example:5000/app:1"


@pytest.mark.parametrize(
    ("image", "error", "hint"),
    [
        (OURS, "no basic auth credentials", "log in: docker login registry.example:5000"),
        (OURS, "unauthorized: authentication required", "log in: docker login registry.example:5000"),
        ("shop/app", "pull access denied, repository does not exist or may require", "log in: docker login"),
        (OURS, "manifest unknown: manifest unknown", f"is the name right? try: docker pull {OURS}"),
        (OURS, "no matching manifest for linux/arm64", "it is made for other platforms"),
        (OURS, "dial tcp 10.0.0.1:5000: connection refused", "the engine cannot reach registry.example:5000"),
        ("nginx", "lookup registry-1.docker.io: no such host", "the engine cannot reach Docker Hub"),
        (
            "nginx",
            "toomanyrequests: reached your pull rate limit",
            "Docker Hub limits who is not logged in: ",
        ),
        (OURS, "http: server gave HTTP response to HTTPS client", 'once "registry.example:5000" is in its'),
        (OURS, "x509: certificate signed by unknown authority", "the engine does not trust"),
        (OURS, "no space left on device", f"try: docker pull {OURS}"),
    ],
)
def test_the_hint_fits_what_the_engine_said(image: str, error: str, hint: str) -> None:
    step = PullImage(address=service("web", 1), reference=image)
    (said,) = advice(Done(step=step, result=Result.FAILED, error=f"pulling {image}: {error}"), lambda _: None)
    assert hint in said


def test_who_could_not_be_told_is_not_told_later() -> None:
    step = ExecInContainer(
        address=service("web", 1), container="web-1", command=("reload",), why="db[1] is ready"
    )
    (said,) = advice(Done(step=step, result=Result.FAILED, error="no"), lambda _: None)
    assert "does not tell it again" in said


@pytest.mark.parametrize(("discard", "hints"), [(True, ()), (False, ("see: docker logs web-1",))])
def test_nobody_is_sent_to_the_logs_of_a_container_that_was_removed(
    discard: bool, hints: tuple[str, ...]
) -> None:
    step = WaitHealthy(address=service("web", 1), container="web-1", within=1, discard=discard)
    assert advice(Done(step=step, result=Result.FAILED, error="unhealthy"), lambda _: None) == hints
