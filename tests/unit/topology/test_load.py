"""From files to a stack: every form of every field, and where things come from."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from topology.findings import Severity, StackError
from topology.load import Loaded, load
from topology.models import (
    Attachment,
    Build,
    Condition,
    Dependency,
    Device,
    Healthcheck,
    Link,
    Logging,
    Mount,
    Network,
    OnChange,
    Port,
    Restart,
    Service,
    Subnet,
    Ulimit,
    Volume,
)

HOME = Path("/srv/shop")


def loaded(text: str, environ: Mapping[str, str] | None = None, **more: Any) -> Loaded:
    return load(["-"], environ=environ or {}, directory=HOME, stdin=text, **more)


def service(*lines: str, environ: Mapping[str, str] | None = None, rest: str = "") -> Service:
    """The service web with an image and the given lines, beside db and cache."""
    said = "".join(f"    {line}\n" for line in "\n".join(lines).splitlines())
    others = "  db: {image: postgres}\n  cache: {image: redis}\n"
    return loaded(f"services:\n  web:\n    image: nginx\n{said}{others}{rest}", environ).stack.services["web"]


FIELDS: list[tuple[str, str, object]] = [
    ("hostname: 3.10", "hostname", "3.10"),
    ("build: ./web", "build", Build(context="/srv/shop/web")),
    ("build: {context: ../web, dockerfile: D, target: t, args: [A=1, B]}", "build",
     Build(context="/srv/web", dockerfile="D", target="t", args={"A": "1"})),
    ("build: {args: {A: 3.10}}", "build", Build(context="/srv/shop", args={"A": "3.1"})),
    ("build: {args: {A: '3.10'}}", "build", Build(context="/srv/shop", args={"A": "3.10"})),
    ("build: {dockerfile_inline: FROM a, tags: ['a:1'], ulimits: {nofile: 5}}", "build",
     Build(context="/srv/shop", dockerfile_inline="FROM a", tags=("a:1",),
           ulimits={"nofile": Ulimit(soft=5, hard=5)})),
    ("build: {additional_contexts: [a=../a, 'b=docker-image://b'], ssh: [default, k=~/k], privileged: true}",
     "build", Build(context="/srv/shop", additional_contexts={"a": "/srv/a", "b": "docker-image://b"},
                    ssh={"default": "", "k": "/home/me/k"}, privileged=True)),
    ("build: {cache_to: ['type=local,dest=c'], cache_from: [a], provenance: mode=max, sbom: false}", "build",
     Build(context="/srv/shop", cache_to=("type=local,dest=/srv/shop/c",), cache_from=("a",),
           provenance="mode=max")),
    ("build: ~/x", "build", Build(context="/home/me/x")),
    ("build: https://example.org/a.git", "build", Build(context="https://example.org/a.git")),
    ("command: sh -c 'a b'", "command", ("sh", "-c", "a b")),
    ("command: [sleep, 10]", "command", ("sleep", "10")),
    ("entrypoint: []", "entrypoint", ()),
    ("environment: {V: 3.10, O: 0644, B: true, N: null}", "environment",
     {"V": "3.1", "O": "420", "B": "true"}),
    ("environment: ['V=3.10', 'O=0644']", "environment", {"V": "3.10", "O": "0644"}),
    ("environment: {V: '${NONE:-3.10}'}", "environment", {"V": "3.10"}),
    ("pids_limit: 0o100", "pids_limit", 64),
    ("mem_limit: 1_048_576", "mem_limit", 1024**2),
    ("environment: [A=b=c, B=, N]", "environment", {"A": "b=c", "B": ""}),
    ("ports: [80, 22:22]", "ports", (Port(target=80), Port(target=22, published=(22, 22)))),
    ("ports: ['127.0.0.1:8080:80/udp']", "ports",
     (Port(target=80, published=(8080, 8080), host_ip="127.0.0.1", protocol="udp"),)),
    ("ports: ['8000-8001:80-81']", "ports",
     (Port(target=80, published=(8000, 8000)), Port(target=81, published=(8001, 8001)))),
    ("ports: [{target: 80, published: 8080-8082, host_ip: '::1', protocol: tcp, mode: host, name: x}]",
     "ports", (Port(target=80, published=(8080, 8082), host_ip="::1", mode="host", name="x"),)),
    ("volumes: ['./a:/a:ro', '~/b:/b', /c]", "volumes",
     (Mount(type="bind", source="/srv/shop/a", target="/a", read_only=True),
      Mount(type="bind", source="/home/me/b", target="/b"), Mount(type="volume", target="/c"))),
    ("volumes: [{type: bind, source: a, target: /a, bind: {create_host_path: false, propagation: rslave}}]",
     "volumes",
     (Mount(type="bind", source="/srv/shop/a", target="/a", create_host_path=False, propagation="rslave"),)),
    ("volumes: [{type: bind, source: /a, target: /a, on_change: reload}]", "volumes",
     (Mount(type="bind", source="/a", target="/a", on_change=OnChange(recreate=False, signal="HUP")),)),
    ("volumes: [{type: bind, source: /a, target: /a, on_change: {signal: sigusr1}}]", "volumes",
     (Mount(type="bind", source="/a", target="/a", on_change=OnChange(recreate=False, signal="USR1")),)),
    ("volumes: [{type: bind, source: /a, target: /a, on_change: {exec: nginx -s reload}}]", "volumes",
     (Mount(type="bind", source="/a", target="/a",
            on_change=OnChange(recreate=False, exec=("nginx", "-s", "reload"))),)),
    ("volumes: [{type: bind, source: /a, target: /a, on_change: ignore}]", "volumes",
     (Mount(type="bind", source="/a", target="/a", on_change=OnChange(recreate=False)),)),
    ("volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1m}, consistency: cached}]", "volumes",
     (Mount(type="tmpfs", target="/t", size=1024**2),)),
    ("volumes: [{type: tmpfs, target: /t, tmpfs: {mode: 01777}}]", "volumes",
     (Mount(type="tmpfs", target="/t", mode=0o1777),)),
    ("volumes: [{type: tmpfs, target: /t, tmpfs: {mode: 1023}}]", "volumes",
     (Mount(type="tmpfs", target="/t", mode=0o1777),)),
    ("links: [db, 'db:database', {service: cache, port: 6379}]", "links",
     (Link(service="db", alias="db"), Link(service="db", alias="database"),
      Link(service="cache", alias="cache", port=6379))),
    ("depends_on: [db]", "depends_on", {"db": Dependency()}),
    ("depends_on: {db: {condition: service_completed_successfully, required: false, restart: yes}}",
     "depends_on", {"db": Dependency(condition=Condition.COMPLETED, required=False, restart=True)}),
    ("healthcheck: {test: curl x, interval: 1m30s, timeout: 500ms, retries: 3}", "healthcheck",
     Healthcheck(test=("CMD-SHELL", "curl x"), interval=90.0, timeout=0.5, retries=3)),
    ("healthcheck: {disable: true}", "healthcheck", Healthcheck(test=("NONE",))),
    ("restart: no", "restart", Restart()),
    ("restart: on-failure:5", "restart", Restart(policy="on-failure", retries=5)),
    ("deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}", "restart",
     Restart(policy="on-failure", retries=2)),
    ("replicas: 3", "replicas", 3),
    ("scale: 3", "replicas", 3),
    ("deploy: {replicas: 3}", "replicas", 3),
    ("scale: 3\ndeploy: {replicas: 3}", "replicas", 3),
    ("replicas: ${N:-2}", "replicas", 2),
    ("deploy: {resources: {limits: {memory: 1g, cpus: '0.5', pids: 9}}}", "mem_limit", 1024**3),
    ("mem_limit: 64m", "mem_limit", 64 * 1024**2),
    ("cpus: .5", "cpus", 0.5),
    ("labels: [a=1, b]", "labels", {"a": "1", "b": ""}),
    ("labels: {a: 1, b: }", "labels", {"a": "1", "b": ""}),
    ("user: 1000", "user", "1000"),
    ("user: '1000:1000'", "user", "1000:1000"),
    ("stop_grace_period: 1m", "stop_grace_period", 60.0),
    ("network_mode: host", "network_mode", "host"),
    ("network_mode: host", "networks", {}),
    ("extra_hosts: ['a:1.2.3.4', 'b=::1', 'c=[::2]']", "extra_hosts", ("a:1.2.3.4", "b:::1", "c:::2")),
    ("extra_hosts: {a: 1.2.3.4, b: [1.1.1.1, 2.2.2.2]}", "extra_hosts",
     ("a:1.2.3.4", "b:1.1.1.1", "b:2.2.2.2")),
    ("init: yes", "init", True),
    ("tmpfs: /run", "tmpfs", ("/run",)),
    ("pull_policy: if_not_present", "pull_policy", "missing"),
    ("deploy: {restart_policy: {}}", "restart", None),
    ("dns: [1.1.1.1]", "dns", ("1.1.1.1",)),
    ("devices: ['/dev/a', '/dev/b:/dev/c:r']", "devices",
     (Device(source="/dev/a", target="/dev/a"), Device(source="/dev/b", target="/dev/c", permissions="r"))),
    ("ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}", "ulimits",
     {"nproc": Ulimit(soft=5, hard=5), "nofile": Ulimit(soft=1, hard=2)}),
    ("logging: {driver: json-file, options: {max-file: 3}}", "logging",
     Logging(driver="json-file", options={"max-file": "3"})),
    ("x-anything: {a: [1]}", "labels", {}),
    ("x-topo: {replicas: 2}", "replicas", 2),
    ("hostname:", "hostname", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "value"), FIELDS, ids=[line for line, _, _ in FIELDS])
def test_a_field_is_read(line: str, field: str, value: object) -> None:
    assert getattr(service(line, environ={"HOME": "/home/me"}), field) == value


def test_a_service_without_networks_joins_the_default_one() -> None:
    stack = loaded(
        "services: {web: {image: x}, api: {image: x, networks: [back]}}\nnetworks: {back: }\n"
    ).stack
    assert stack.services["web"].networks == {"default": Attachment()}
    assert stack.services["api"].networks == {"back": Attachment()}
    assert list(stack.networks) == ["back", "default"]


def test_an_alias_is_had_once() -> None:
    stack = loaded(
        "services: {web: {image: x, networks: {n: {aliases: [a, b, a]}}}}\nnetworks: {n: }\n"
    ).stack
    assert stack.services["web"].networks["n"].aliases == ("a", "b")


def test_what_a_provider_makes_is_left_out_and_nobody_waits_for_it() -> None:
    stack = loaded(
        "services: {p: {provider: {type: y}}, a: {image: x, depends_on: [p, b], links: [p]}, b: {build: .}}\n"
    ).stack
    assert list(stack.services) == ["a", "b"]
    assert list(stack.services["a"].depends_on) == ["b"]
    assert stack.services["a"].links == ()
    assert loaded("services: {db: {provider: {type: x}}}\n").stack.services == {}


def test_the_default_network_can_be_declared() -> None:
    stack = loaded("services: {web: {image: x}}\nnetworks: {default: {internal: true}}\n").stack
    assert stack.networks == {"default": Network(internal=True)}


def test_networks_and_volumes_are_read() -> None:
    stack = loaded("""
services: {web: {image: x, networks: {back: {aliases: [a], ipv4_address: 10.0.0.9, priority: 5}}}}
networks:
  back:
    driver_opts: {mtu: 1400}
    ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}
  out: {external: {name: shared}}
volumes:
  data:
  old: {external: true, name: older}
""").stack
    assert stack.services["web"].networks["back"] == Attachment(
        aliases=("a",), ipv4_address="10.0.0.9", priority=5
    )
    assert stack.networks["back"].driver_opts == {"mtu": "1400"}
    assert stack.networks["back"].ipam
    assert stack.networks["back"].ipam.config == (Subnet(subnet="10.0.0.0/24", gateway="10.0.0.1"),)
    assert stack.networks["out"] == Network(external=True, name="shared")
    assert stack.volumes == {"data": Volume(), "old": Volume(external=True, name="older")}


def test_what_only_topo_knows_can_stand_below_x_topo() -> None:
    found = loaded(
        "services: {web: {image: x}}\nx-topo: {owner: me, policy: {default: deny, claims: [a, b]}}\n"
    )
    assert (found.stack.owner, found.stack.policy.claims) == ("me", ("a", "b"))
    assert str(found.source.find(("policy", "claims", 1))) == "<stdin>:2:57"


def test_anchors_and_extensions_are_shared() -> None:
    stack = loaded("""
x-base: &base {restart: always, environment: {A: $UNUSED}}
services:
  web: {<<: *base, image: x, environment: {B: 1}}
""").stack
    assert stack.services["web"].restart == Restart(policy="always")
    assert stack.services["web"].environment == {"B": "1"}


def test_a_version_is_accepted_and_ignored() -> None:
    assert loaded("version: '3.8'\nservices: {web: {image: x}}\n").findings == ()


def test_environment_comes_from_files_and_the_shell(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("""
services:
  web:
    image: x
    env_file: [a.env, {path: b.env}, {path: none.env, required: false}, {path: raw.env, format: raw}]
    environment: {OWN: here, SHELL_SET: , UNSET: }
""")
    (tmp_path / "a.env").write_text("OWN=file\nA=1\nB=1\n")
    (tmp_path / "b.env").write_text("B=2$A\nC=$OWN\n")
    (tmp_path / "raw.env").write_text("R='$A'\n")
    found = load([], environ={"SHELL_SET": "x"}, directory=tmp_path)
    assert found.stack.services["web"].environment == {
        "OWN": "here", "A": "1", "B": "21", "C": "here", "R": "'$A'", "SHELL_SET": "x",
    }  # fmt: skip
    assert str(found.source.find(("services", "web", "environment", "A"))) == "stack.yml:5:16"


def test_the_shell_wins_over_env_files_and_they_over_dot_env(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("services: {web: {image: $A, hostname: $B, user: $C}}\n")
    (tmp_path / ".env").write_text("A=dot\nB=dot\nC=dot\n")
    (tmp_path / "other.env").write_text("A=other\nB=other\nC=other\n")
    plain = load([], environ={"A": "shell"}, directory=tmp_path).stack.services["web"]
    named = load([], environ={"A": "shell"}, directory=tmp_path, env_files=["other.env"]).stack.services[
        "web"
    ]
    assert (plain.image, plain.hostname) == ("shell", "dot")
    assert (named.image, named.hostname) == ("shell", "other")


def test_a_stack_file_is_found_here_or_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "compose.yaml").write_text("services: {web: {build: .}}\n")
    found = load([], environ={}, directory=inner)
    assert found.folder == tmp_path
    assert found.stack.services["web"].build == Build(context=str(tmp_path))
    assert str(found.source.find(("services", "web"))) == "../../compose.yaml:1:17"
    (tmp_path / "topo.yaml").write_text("name: ours\nservices: {web: {image: x}}\n")
    assert load([], environ={}, directory=inner).stack.name == "ours"


def test_no_stack_file_names_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="there is no stack file here or in a folder above"):
        load([], environ={}, directory=tmp_path)


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("services: {web: {image: x}}\n")
    for variable in ("TOPO_FILE", "COMPOSE_FILE"):
        assert load([], environ={variable: "x.yml"}, directory=tmp_path).stack.services["web"].image == "x"


@pytest.mark.parametrize(
    ("name", "environ", "line", "expected"),
    [
        ("given", {"COMPOSE_PROJECT_NAME": "env"}, "name: file", "given"),
        (None, {"TOPO_PROJECT": "own", "COMPOSE_PROJECT_NAME": "env"}, "name: file", "own"),
        (None, {"COMPOSE_PROJECT_NAME": "env"}, "name: file", "env"),
        (None, {"V": "2"}, "name: file$V", "file2"),
        (None, {}, "name: My Shop", "myshop"),
        (None, {}, "", "shop"),
    ],
)
def test_the_name_is_the_nearest_to_the_user(
    name: str | None, environ: dict[str, str], line: str, expected: str
) -> None:
    assert loaded(f"{line}\nservices: {{web: {{image: x}}}}\n", environ, name=name).stack.name == expected


def test_a_folder_names_the_stack_as_compose_would(tmp_path: Path) -> None:
    folder = tmp_path / "_My Shop.2"
    folder.mkdir()
    (folder / "stack.yml").write_text("services: {web: {image: x}}\n")
    assert load([], environ={}, directory=folder).stack.name == "myshop2"


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(StackError, match='"My Shop" cannot name a stack'):
        loaded("services: {web: {image: x}}\n", name="My Shop")


def test_standard_input_is_read_as_utf_8_only_when_asked_for() -> None:
    stream = io.TextIOWrapper(io.BytesIO("services: {web: {image: ü}}\n".encode()), encoding="latin-1")
    assert load(["-"], environ={}, directory=HOME, stdin=stream).stack.services["web"].image == "ü"


def test_services_whose_profiles_are_off_are_left_out() -> None:
    text = "services: {web: {image: x}, seed: {image: x, profiles: [tools], depends_on: [web]}}\n"
    assert list(loaded(text).stack.services) == ["web"]
    assert list(loaded(text, profiles=["tools"]).stack.services) == ["web", "seed"]
    assert list(loaded(text, {"COMPOSE_PROFILES": "a,tools"}).stack.services) == ["web", "seed"]


def test_warnings_and_notes_come_with_the_stack() -> None:
    found = loaded("services:\n  web:\n    image: nginx:$TAG\n    gpus: all\n    command: a && b\n")
    assert [(finding.severity, finding.code, str(finding.span)) for finding in found.findings] == [
        (Severity.WARNING, "T009", "<stdin>:3:18"),
        (Severity.NOTE, "T011", "<stdin>:4:5"),
        (Severity.WARNING, "T011", "<stdin>:5:14"),
    ]


def faulty(**parts: str) -> str:
    return "".join(f"{kind}:\n{entries}" for kind, entries in parts.items())


HUGE = {
    "unknown fields": "services: {web: {image: x}}\n" + "".join(f"key{n}: 1\n" for n in range(20_000)),
    "unknown networks": faulty(
        services="  web:\n    image: x\n    networks:\n" + "".join(f"      - n{n}\n" for n in range(5_000)),
        networks="".join(f"  m{n}:\n" for n in range(2_000)),
    ),
    "ports": "services: {web: {image: x, ports: [" + ", ".join(["'1-65535'"] * 50) + "]}}\n",
    "one circle": faulty(
        services="".join(f"  s{n}: {{image: x, depends_on: [s{(n + 1) % 3000}]}}\n" for n in range(3_000))
    ),
    "addresses": faulty(
        services="".join(f"  s{n}: {{image: x, networks: {{n: {{ipv4_address: 9.0.0.{n % 250}}}}}}}\n"
                         for n in range(1_000)),
        networks="  n: {ipam: {config: ["
        + ", ".join(f"{{subnet: 10.0.{n // 256}.{n % 256}/32}}" for n in range(1_000)) + "]}}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_huge_faulty_file_is_answered_in_time_and_in_short(text: str) -> None:
    began = process_time()
    with pytest.raises(StackError) as refused:
        loaded(text)
    assert len(refused.value.findings) <= 500
    assert all(len(finding.message) < 300 for finding in refused.value.findings)
    assert process_time() - began < 5
