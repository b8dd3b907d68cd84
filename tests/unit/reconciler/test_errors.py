"""What engines say when they refuse, as 20.10, 26.1 and 28.5 word it, and what it becomes."""

from __future__ import annotations

import pytest

from reconciler.engines.reading import api_version, failure
from reconciler.errors import Conflict, Denied, EngineError, NotFound, Rejected, Unavailable

IN_THE_WAY = (
    (409, 'Conflict. The container name "/ah" is already in use by container "4c2".'),
    (500, "driver failed programming: Bind for 0.0.0.0:8080 failed: port is already allocated"),
    (500, "failed to set up container networking: Bind for 0.0.0.0:80 failed: port is already allocated"),
    (500, "Error starting userland proxy: listen tcp4 127.0.0.1:15432: bind: address already in use"),
    (403, "Address already in use"),
    (500, "failed to set up container networking: Address already in use"),
    (403, "endpoint with name qb already exists in network n1"),
    (500, "endpoint with name qb already exists in network n1"),
    (403, "error while removing network: network nrest id 7d has active endpoints"),
    (403, 'error while removing network: network nrest has active endpoints (name:"web" id:"1")'),
    (409, "network with name dupn already exists"),
    (409, "removal of container 4c2 is already in progress"),
    (409, "Container 4c2 is marked for removal and cannot be connected or disconnected to the network"),
    (500, "Container 4c2 is marked for removal and cannot be connected or disconnected to the network"),
    (403, "Pool overlaps with other one on this address space"),
    (400, "invalid pool request: Pool overlaps with other one on this address space"),
    (404, "could not find an available, non-overlapping IPv4 address pool among the defaults"),
    (404, "could not find an available, non-overlapping IPv6 address pool among the defaults"),
    (400, "all predefined address pools have been fully subnetted"),
)
ABSENT = (
    (404, "No such container: shop-web-1"),
    (404, "network ghostnet not found"),
    (500, "network tj6yjnb21hxl6ad9hyadkrntb not found"),
    (404, "failed to set up container networking: network ghostnet not found"),
    (404, "get data: no such volume"),
    (404, "No such image: nginx:9"),
    (404, "manifest for nginx:9 not found: manifest unknown: manifest unknown"),
    (500, "manifest unknown"),
    (404, "pull access denied for nosuch, repository does not exist or may require 'docker login'"),
    (500, "container 4c2 is not connected to network n2"),
    (500, "container 4c2 is not connected to the network n2"),
)
REFUSED = (
    (
        400,
        (
            "user specified IP address is supported only when connecting to networks "
            "with user configured subnets"
        ),
    ),
    (400, "Container cannot be connected to network endpoints: back, front"),
    (500, "container 4c2 is not paused"),
    (500, 'OCI runtime create failed: exec: "nosuch": executable file not found in $PATH: unknown'),
)


@pytest.mark.parametrize(("status", "message"), IN_THE_WAY)
def test_something_in_the_way_is_a_conflict_whatever_the_status(status: int, message: str) -> None:
    assert type(failure("starting web", status, message)) is Conflict


@pytest.mark.parametrize(("status", "message"), ABSENT)
def test_something_that_is_not_there_is_not_found(status: int, message: str) -> None:
    assert type(failure("starting web", status, message)) is NotFound


@pytest.mark.parametrize(("status", "message"), REFUSED)
def test_what_would_be_refused_again_is_rejected(status: int, message: str) -> None:
    assert type(failure("starting web", status, message)) is Rejected


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Denied),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (418, Rejected),
        (0, Rejected),
    ],
)
def test_else_the_status_tells(status: int, kind: type[EngineError]) -> None:
    assert type(failure("starting web", status, "something")) is kind


def test_an_error_says_what_was_being_done_and_what_the_engine_said() -> None:
    assert str(failure("starting web", 500, "no space left on device\n")) == (
        "starting web: no space left on device"
    )


def test_versions_are_compared_as_numbers() -> None:
    assert api_version("1.51") > api_version("1.9")
