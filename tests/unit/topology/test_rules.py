"""The table of rules: each with what it finds, and with what it lets pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.stacks import INTERNAL, LAN, SILENT, service, stack, three_tiers
from topology.findings import Finding, Severity
from topology.load import load
from topology.models import Attachment, Mount, Network, Service, Stack, Waiver
from topology.rules import check

SOCKET = Mount(type="bind", source="/var/run/docker.sock", target="/s")
POSTGRES: dict[str, Any] = {"image": "postgres:16"}
NGINX: dict[str, Any] = {"image": "nginx:1.27"}


def found(code: str, stack: Stack) -> list[Finding]:
    return [one for one in check(stack) if one.code == code]


# Claims.


def test_any_means_every_service() -> None:
    (finding,) = found("T101", three_tiers("any cannot reach db"))
    assert finding.label == "flaskapp is on web_nw and db_nw; db is on db_nw, so flaskapp can open db:5432"


def test_only_means_the_services_and_the_world_but_not_the_host() -> None:
    assert found("T101", three_tiers("only flaskapp can reach db")) == []
    (finding,) = found("T101", three_tiers("only flaskapp can reach nginx"))
    assert finding.label == "nginx publishes 80 on every address of the host, so world can open host:8080"


def test_the_host_counts_where_it_is_named() -> None:
    (finding,) = found("T101", three_tiers("host cannot reach db"))
    assert finding.label == "programs of the host can open every container on db_nw, so host can open db:5432"


def test_labels_and_networks_stand_for_their_services() -> None:
    labelled = stack(
        "label tier=web cannot reach network back",
        a=service("front", labels={"tier": "web"}),
        b=service("front", "back", labels={"tier": "web"}),
        c=service("back"),
    )
    (finding,) = found("T101", labelled)
    assert finding.label == "a is on front; b is on front and back, so a can open b (1 more like this)"


def test_by_name_asks_for_a_name_of_its_own() -> None:
    captured = stack(
        "a can reach b by name",
        a=service("n"),
        b=service("n"),
        c=service(joined={"n": Attachment(aliases=("b",))}),
    )
    (finding,) = found("T101", captured)
    assert finding.label == "n: a -> b, but not by name: b is also a name of c on n"


def test_what_cannot_be_proved_names_what_taints() -> None:
    (finding,) = found("T102", stack("a cannot reach b", a=service("n1", volumes=(SOCKET,)), b=service("n2")))
    assert finding.message == "claim cannot be proved: a cannot reach b"
    assert finding.related[0].path == ("services", "a", "volumes", 0)


def test_a_chain_past_something_tainted_cannot_be_proved_closed() -> None:
    tainted = stack(
        "a cannot reach b even through others",
        a=service("n1"),
        t=service("n1", volumes=(SOCKET,)),
        b=service("n2"),
    )
    (finding,) = found("T102", tainted)
    assert finding.label == "t mounts the Docker socket and can join any network with it"


def test_a_published_port_breaks_a_claim_with_its_address() -> None:
    (finding,) = found(
        "T101", stack("a cannot reach b", a=service("n1"), b=service("n2", ports="15432:5432"))
    )
    assert finding.label == "b publishes 5432 on every address of the host, so a can open n1's gateway:15432"
    assert finding.related[0].path == ("services", "b", "ports", 0)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            service(network_mode="host"),
            "a shares the host's network, which leads to all containers on n, so a can open b",
        ),
        (service(network_mode="service:b"), "a and b share one network stack, so a can open 127.0.0.1"),
    ],
)
def test_a_shared_stack_breaks_a_claim(source: Service, why: str) -> None:
    (finding,) = found("T101", stack("a cannot reach b", a=source, b=service("n")))
    assert finding.label == why
    assert finding.related[0].path == ("services", "a", "network_mode")


def test_a_way_out_breaks_a_claim_about_the_world() -> None:
    (finding,) = found("T101", stack("a cannot reach world", a=service("n")))
    assert (finding.label, finding.mend) == (
        "a is on n, which is not internal",
        "make it internal, or change the claim",
    )


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("label tier=front can reach b", "tier is back or web"),
        ("label teir can reach b", "did you mean tier?"),
        ("network m can reach b", "no service is on m"),
        ("network o can reach b", "there is no network o"),
        ("a cannot reach a", "what has to do with itself alone is not asked"),
        ("world can reach world on 80", "what has to do with itself alone is not asked"),
    ],
)
def test_a_claim_that_asks_nothing_says_why(claim: str, label: str) -> None:
    said = stack(
        claim,
        networks={"m": Network()},
        a=service("n", labels={"tier": "web"}),
        b=service("n", labels={"tier": "back"}),
    )
    (finding,) = found("T104", said)
    assert finding.label == label


def test_a_claim_about_all_of_a_kind_asks_of_each_pair() -> None:
    assert not found("T104", stack("any can reach any", "network n can reach network n", a=service("n")))


def test_a_word_that_is_also_a_service_must_be_told_apart() -> None:
    (finding,) = found("T104", stack("a cannot reach host", a=service("n"), host=service("m")))
    assert finding.mend == "write service host for the service; for the other meaning rename it"
    assert found("T104", stack("a cannot reach service host", a=service("n"), host=service("m"))) == []


# Links.


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (stack(a=service("n1", links="b"), b=service("n2")), "no common network; b publishes nothing"),
        (stack(a=service("n", links="bb"), b=service("n")), "there is no service bb"),
        (
            stack(a=service("n", links="b", hostname="b"), b=service("n")),
            "a has b in its own /etc/hosts, which wins",
        ),
        (
            stack(a=service("n", links="b"), b=service("n"), networks={"n": SILENT}),
            "on n containers may not talk to each other (enable_icc=false); b publishes nothing",
        ),
        (
            stack(a=service("n", links="b"), b=service(network_mode="service:c"), c=service("n")),
            "b lives in c's network: only c has a name",
        ),
        (
            stack(a=service(links="b", network_mode="bridge"), b=service(network_mode="bridge")),
            "nobody answers for b: Docker's default bridge has no names",
        ),
    ],
)
def test_a_link_that_leads_nowhere_says_why(broken: Stack, why: str) -> None:
    (finding,) = found("T110", broken)
    assert finding.label == why
    assert finding.path == ("services", "a", "links", 0)


def test_a_published_port_does_not_satisfy_a_link() -> None:
    assert found("T110", stack(a=service("n1", links="b"), b=service("n2", ports="80:80")))


# Least privilege.


def flat(*extra: str, **more: Any) -> Stack:
    tiers: dict[str, Any] = {
        "nginx": service("n", links="app", **NGINX),
        "app": service("n", links="db"),
        "db": service("n", **POSTGRES),
    }
    others: dict[str, Any] = dict.fromkeys(extra, service("n"))
    return stack(**tiers, **others, **more)


@pytest.mark.parametrize(("default", "severity"), [("deny", Severity.ERROR), ("warn", Severity.WARNING)])
def test_the_policy_decides_how_much_excess_weighs(default: str, severity: Severity) -> None:
    (finding,) = found("T120", flat(default=default))
    assert finding.severity is severity
    assert finding.message == "n lets 2 pairs that nothing asks for reach each other"
    assert finding.path == ("networks", "n")


def test_where_everything_is_allowed_nothing_is_excess() -> None:
    assert not {"T120", "T121", "T122"} & {one.code for one in check(flat(default="allow"))}


def test_the_pair_that_matters_most_comes_first() -> None:
    (finding,) = found("T120", flat("cron", "mail"))
    assert finding.label == (
        "nginx -> db:5432 (edge proxy to data store), cron -> db:5432, mail -> db:5432 and 13 more"
    )


def test_who_has_no_business_on_a_network_is_told_to_leave() -> None:
    (finding,) = found("T120", flat("cron"))
    assert finding.mend == "take cron off n: nothing there needs it"


def test_else_a_data_store_gets_a_network_with_its_clients() -> None:
    (finding,) = found("T120", flat())
    assert finding.mend == "put db on a network of its own with app"


def test_depends_on_counts_as_a_need_and_is_called_weak() -> None:
    waiting = stack(a=service("n", after="b"), b=service("n"), c=service("n", links="b"))
    (finding,) = found("T120", waiting)
    assert finding.label == "a -> c and c -> a; 1 pair counted as needed by depends_on alone"


def test_a_file_without_needs_gets_one_finding() -> None:
    bare = stack(a=service("n", "m"), b=service("n", "m"), c=service("n"))
    (finding,) = found("T121", bare)
    assert finding.message == "no service says what it needs, and 8 pairs can reach each other"
    assert found("T120", bare) == []


def test_published_ports_and_shared_stacks_are_declared() -> None:
    declared = stack(
        a=service("n1", links="x"),
        x=service("n1"),
        b=service("n2", ports="80:80"),
        s=service(network_mode="service:b"),
    )
    assert found("T120", declared) == []


def test_the_hosts_network_is_excess() -> None:
    watching = stack(a=service("n", links="b"), b=service("n"), h=service(network_mode="host", links="a"))
    (finding,) = found("T120", watching)
    assert finding.message == "h shares the host's network and reaches 1 service without need"
    assert finding.label == "h -> b; whoever has a network reaches it"
    assert not found("T206", watching), "one line gets one finding"
    waiver = Waiver(rule="T120", service="h", reason="it watches")
    accepted = watching.model_copy(update={"policy": watching.policy.model_copy(update={"waive": (waiver,)})})
    assert [one.code for one in check(accepted) if one.path[1:2] == ("h",) and one.waived] == ["T120"]
    assert found("T206", accepted), "what is accepted is not what it is"


def test_the_reverse_of_a_need_is_a_note() -> None:
    (finding,) = found("T122", three_tiers(default="deny"))
    assert finding.severity is Severity.NOTE
    assert finding.label == "db -> flaskapp and flaskapp -> nginx"
    assert found("T120", three_tiers(default="deny")) == []


# Hazards.


@pytest.mark.parametrize(
    ("dropped", "why"),
    [
        (
            stack(a=service("n", ports="80:80"), networks={"n": INTERNAL}),
            "it is only on internal networks (n), and the engine says nothing",
        ),
        (
            stack(a=service("m", "n", ports="80:80"), networks={"m": LAN}),
            "its gateway network m is no bridge, and the engine says nothing",
        ),
    ],
)
def test_ports_that_never_open_are_found(dropped: Stack, why: str) -> None:
    (finding,) = found("T208", dropped)
    assert finding.label == why


@pytest.mark.parametrize("mode", ["host", "none"])
def test_ports_beside_a_mode_that_has_none_are_told_of_once(mode: str) -> None:
    text = f"services:\n  a: {{image: nginx, network_mode: {mode}, ports: ['80:80']}}\n"
    read = load(["-"], environ={}, directory=Path("/srv/shop"), stdin=text)
    told = [one.code for one in (*read.findings, *check(read.stack)) if "ports" in one.message]
    assert told == ["T011"]


def test_a_store_open_through_the_networks_default_address_is_not_open() -> None:
    local = Network(driver_opts={"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"})
    assert found("T201", stack(db=service("n", ports="1:5432", **POSTGRES), networks={"n": local})) == []


def test_extra_hosts_that_hide_a_peer_are_found() -> None:
    (finding,) = found("T211", stack(a=service("n", extra_hosts=("db=10.0.0.1",)), db=service("n")))
    assert finding.path == ("services", "a", "extra_hosts")


# Secrets in the lines that findings quote.


@pytest.mark.parametrize(
    "variables",
    [
        "{PASSWORD: s3cr3t}",
        '{PASSWORD: "s3cr3t"}',
        "[PASSWORD=s3cr3t, TOKEN=s3cr3t2]",
        r'{PASSWORD: "s3cr3t\x41"}',
        "{PASSWORD: '${PASSWORD:-s3cr3t}'}",
        "{URL: 'postgres://user:${PASSWORD:-s3cr3t}@db/shop'}",
    ],
)
def test_a_line_is_quoted_without_its_secrets(tmp_path: Path, variables: str) -> None:
    line = f"  db: {{environment: {variables}, image: postgres, networks: [back]}}"
    (tmp_path / "stack.yml").write_text(f"name: shop\nservices:\n{line}\nnetworks: {{back: }}\n")
    for environ in ({}, {"PASSWORD": "another"}):
        read = load(["stack.yml"], environ=environ, directory=tmp_path)
        quoted = [one.span for one in check(read.stack, source=read.source) if one.span]
        assert [span.text for span in quoted if "s3cr3t" in span.text] == []
        (unpinned,) = [one.span for one in check(read.stack, source=read.source) if one.code == "T207"]
        assert unpinned is not None
        assert unpinned.text[unpinned.column - 1 :].startswith("postgres,")


def test_what_comes_from_a_file_of_variables_masks_nothing(tmp_path: Path) -> None:
    (tmp_path / "db.env").write_text("PASSWORD=s3cr3t\n")
    (tmp_path / "stack.yml").write_text(
        "name: shop\nservices:\n  db: {image: postgres, env_file: [db.env], environment: {A: b}}\n"
    )
    read = load(["stack.yml"], environ={}, directory=tmp_path)
    assert not any(one.span and "***" in one.span.text for one in check(read.stack, source=read.source))
