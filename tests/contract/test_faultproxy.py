"""The proxy's faults look to the SDK as real ones do, and happen exactly when they should."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest
import requests
from docker.errors import APIError

from tests.support import lab
from tests.support.faultproxy import Call, CutAfter, CutBefore, Delay, FaultProxy, Hang, Refuse, Truncate

CREATE = r"/volumes/create$"


@pytest.fixture
def client(fault_proxy: FaultProxy) -> Iterator[docker.DockerClient]:
    client = docker.DockerClient(base_url=fault_proxy.url, timeout=3)
    yield client
    client.close()


@pytest.fixture
def make(client: docker.DockerClient, stack_name: str) -> Make:
    return Make(client, stack_name)


class Make:
    """Creates volumes through the proxy, and knows which of them there are."""

    def __init__(self, client: docker.DockerClient, stack: str) -> None:
        self._client = client
        self._stack = stack

    def volume(self, name: str) -> None:
        self._client.volumes.create(f"{self._stack}-{name}", labels={lab.STACK_LABEL: self._stack})

    @property
    def made(self) -> set[str]:
        volumes = self._client.api.volumes(filters={"name": self._stack})["Volumes"] or ()
        return {volume["Name"].removeprefix(f"{self._stack}-") for volume in volumes}


def test_without_a_fault_everything_passes_and_is_recorded(fault_proxy: FaultProxy, make: Make) -> None:
    make.volume("a")
    assert make.made == {"a"}
    assert [(request.method, request.status) for request in fault_proxy.writes] == [("POST", 201)]


def test_a_refused_request_never_reaches_the_engine(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(Refuse(503, "not now"), path=CREATE)
    with pytest.raises(APIError, match="not now"):
        make.volume("a")
    assert make.made == set()


def test_a_cut_before_the_request_leaves_no_trace(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(CutBefore(), path=CREATE)
    with pytest.raises(requests.ConnectionError):
        make.volume("a")
    assert make.made == set()


def test_a_cut_after_the_request_leaves_it_done(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(CutAfter(), path=CREATE)
    with pytest.raises(requests.ConnectionError):
        make.volume("a")
    assert make.made == {"a"}


def test_half_an_answer_is_not_taken_for_a_whole_one(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(Truncate(), path=CREATE)
    with pytest.raises((requests.RequestException, ValueError)):
        make.volume("a")
    assert make.made == {"a"}


def test_an_engine_that_hangs_ends_in_the_client_s_timeout(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(Hang(), path=CREATE)
    with pytest.raises(requests.Timeout):
        make.volume("a")
    assert make.made == set()


def test_a_late_answer_is_an_answer(fault_proxy: FaultProxy, make: Make) -> None:
    fault_proxy.inject(Delay(0.1), path=CREATE)
    make.volume("a")
    assert make.made == {"a"}


def test_something_else_can_happen_just_before_a_request(fault_proxy: FaultProxy, make: Make) -> None:
    before: list[set[str]] = []
    fault_proxy.inject(Call(lambda: before.append(make.made)), path=CREATE)
    make.volume("a")
    assert before == [set()]


def test_a_fault_hits_the_request_it_was_counted_for(fault_proxy: FaultProxy, make: Make) -> None:
    rule = fault_proxy.inject(Refuse(), method="POST", path=CREATE, nth=2)
    make.volume("a")
    with pytest.raises(APIError):
        make.volume("b")
    make.volume("c")
    assert make.made == {"a", "c"}
    assert (rule.seen, rule.hits) == (3, 1)


def test_streams_pass_in_both_directions(
    fault_proxy: FaultProxy, client: docker.DockerClient, stack_name: str
) -> None:
    container = client.containers.run(
        "busybox", ["sleep", "60"], labels={lab.STACK_LABEL: stack_name}, detach=True, stop_signal="SIGKILL"
    )
    assert container.exec_run(["echo", "through"]).output == b"through\n"
    archive, _ = container.get_archive("/etc/passwd")
    assert container.put_archive("/root", b"".join(archive))
    assert container.exec_run(["grep", "^root:", "/root/passwd"]).exit_code == 0
