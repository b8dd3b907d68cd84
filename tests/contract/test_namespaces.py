"""Processes and shared memory that one container has in common with another or with the host."""

from __future__ import annotations

import pytest

from reconciler.errors import Conflict, Rejected
from tests.contract.samples import ON_NETWORK
from tests.support.applying import converged
from tests.support.bench import Bench
from tests.support.waiting import eventually
from topology.models import Attachment, Network, Service, Stack

KEYS = ("PidMode", "IpcMode", "SecurityOpt", "ShmSize", "LogConfig", "Dns", "Ulimits", "Devices")


def test_alone_a_container_has_processes_and_memory_of_its_own(bench: Bench) -> None:
    host = bench.host(bench.made("a"))
    assert {key: host[key] for key in KEYS} == {
        "PidMode": "",
        "IpcMode": "private",
        "SecurityOpt": None,
        "ShmSize": 64 * 1024 * 1024,
        "LogConfig": {"Type": "json-file", "Config": {}},
        "Dns": None,
        "Ulimits": None,
        "Devices": None,
    }


def test_settings_of_the_kernel_come_back_as_they_were_sent(bench: Bench) -> None:
    sent = {
        "Dns": ["10.1.1.1"],
        "DnsSearch": ["example.org"],
        "Sysctls": {"net.ipv4.ip_forward": "0"},
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}],
        "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/x", "CgroupPermissions": "r"}],
        "SecurityOpt": ["no-new-privileges"],
        "ShmSize": 1024 * 1024,
        "LogConfig": {"Type": "none", "Config": {}},
    }
    host = bench.host(bench.started("a", HostConfig=sent))
    assert {key: host[key] for key in sent} == sent


def test_a_log_without_a_driver_goes_to_the_engine_s_own(bench: Bench) -> None:
    name = bench.made("a", HostConfig={"LogConfig": {"Type": "", "Config": {"max-size": "1m"}}})
    assert bench.host(name)["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m"}}


def test_who_lives_in_another_s_network_stack_has_its_names_and_is_as_wanted(bench: Bench) -> None:
    """What a container says there is the other's, and no drift; its own domain name is passed over."""
    named = {"hostname": "h", "domainname": "example.org"}
    app = Service(**ON_NETWORK, **named, networks={"one": Attachment()})
    guests = {"guest": {}, "named": {"domainname": "example.com"}}
    for name, said in guests.items():
        guest = Service(**ON_NETWORK, **said, network_mode="service:app")
        services = {"app": app, name: guest}
        converged(bench.engine, Stack(name=bench.prefix, services=services, networks={"one": Network()}))
        config = bench.daemon.container(f"{bench.prefix}-{name}-1")["Config"]
        assert (config["Hostname"], config["Domainname"]) == ("h", "example.org")


@pytest.mark.parametrize("key", ["PidMode", "IpcMode"])
def test_who_shares_with_the_host_has_no_security_labels(bench: Bench, key: str) -> None:
    assert bench.host(bench.made("a", HostConfig={key: "host"}))["SecurityOpt"] == ["label=disable"]


@pytest.mark.parametrize("key", ["PidMode", "IpcMode"])
def test_another_container_is_kept_by_its_id(bench: Bench, key: str) -> None:
    host = bench.started("host", HostConfig={"IpcMode": "shareable"})
    guest = bench.started("guest", HostConfig={key: f"container:{host}"})
    assert bench.host(guest)[key] == f"container:{bench.daemon.container(host)['Id']}"


@pytest.mark.parametrize("key", ["PidMode", "IpcMode"])
def test_another_container_has_to_be_there(bench: Bench, key: str) -> None:
    with pytest.raises(Rejected, match="No such container"):
        bench.made("guest", HostConfig={key: f"container:{bench.name('nobody')}"})


@pytest.mark.parametrize("key", ["PidMode", "IpcMode"])
def test_another_container_has_to_run(bench: Bench, key: str) -> None:
    host = bench.started("host", HostConfig={"IpcMode": "shareable"})
    guest = bench.made("guest", HostConfig={key: f"container:{host}"})
    bench.daemon.stop(host, 0)
    conflicts = key == "IpcMode" and bench.traits.api >= (1, 44)
    with pytest.raises(Conflict if conflicts else Rejected, match="is not running"):
        bench.daemon.start(guest)
    bench.daemon.remove_container(host, volumes=False)
    with pytest.raises(Rejected):
        bench.daemon.start(guest)
    assert bench.state(guest)["Status"] == "created"


def test_memory_is_shared_only_by_who_wants_to(bench: Bench) -> None:
    guest = bench.made("guest", HostConfig={"IpcMode": f"container:{bench.started('host')}"})
    with pytest.raises(Rejected, match="non-shareable"):
        bench.daemon.start(guest)


@pytest.mark.parametrize("removed", [False, True])
def test_who_lives_among_another_s_processes_ends_with_them(bench: Bench, removed: bool) -> None:
    host = bench.started("host")
    guest = bench.started("guest", HostConfig={"PidMode": f"container:{host}"})
    if removed:
        bench.daemon.remove_container(host, volumes=False)
    else:
        bench.daemon.stop(host, 0)
    assert eventually(lambda: bench.state(guest)["Status"] == "exited")
    assert bench.state(guest)["ExitCode"] == 137
