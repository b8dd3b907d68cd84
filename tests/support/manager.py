"""A Swarm without machines: it answers as a manager does whose tasks all run at once.

It counts its calls and the tasks that it tells of.

It is there for sizes that no machine of the tests could hold; what a Swarm is like, real ones tell.
"""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from reconciler.engines.daemon import Json
from reconciler.engines.swarm.silence import Silence
from reconciler.errors import NotFound

_NODES: Final = 3
_WHEN: Final = "2026-03-01T12:00:00Z"


class ModelledCluster:
    """The calls of `Cluster` that services, networks, secrets and configs take."""

    is_local = True

    def __init__(self) -> None:
        self.silence = Silence()
        self.calls: Counter[str] = Counter()
        self.listed = 0
        self._made: dict[str, dict[str, Json]] = {
            kind: {} for kind in ("service", "network", "config", "secret")
        }
        self._tasks: dict[str, list[Json]] = {}
        self._names: dict[str, str] = {}
        self._count = 0
        self._lock = threading.RLock()

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if not name.startswith("_") and callable(found):
            with self._lock:
                self.calls[name] += 1
        return found

    def _id(self) -> str:
        self._count += 1
        return f"id{self._count:08}"

    # What is read

    def version(self) -> Json:
        return {"Version": "28.5.2", "ApiVersion": "1.51"}

    def swarm(self) -> Json:
        return {"ControlAvailable": True}

    def services(self) -> list[Json]:
        return copy.deepcopy([*self._made["service"].values()])

    def service(self, service: str) -> Json:
        return copy.deepcopy(self._one("service", service))

    def tasks(self, service: str | None = None, ids: Sequence[str] = ()) -> list[Json]:
        with self._lock:
            if service is not None:
                found = self._tasks[self._one("service", service)["ID"]]
            else:
                every = (one for several in self._tasks.values() for one in several)
                found = [one for one in every if not ids or one["ID"] in ids]
            self.listed += len(found)
            return found

    def nodes(self) -> list[Json]:
        ready = {"Status": {"State": "ready"}, "Spec": {"Availability": "active"}}
        return [{"ID": f"n{n}", "Description": {"Hostname": f"node{n}"}, **ready} for n in range(_NODES)]

    def configs(self) -> list[Json]:
        return [*self._made["config"].values()]

    def secrets(self) -> list[Json]:
        return [*self._made["secret"].values()]

    def networks(self) -> list[Json]:
        return [*self._made["network"].values()]

    def volumes(self) -> list[Json]:
        return []

    def newest(self, reference: str) -> str:
        raise NotFound(f"there is no {reference}")

    # What is changed

    def create_service(self, body: Json) -> None:
        made = {"Version": {"Index": 1}, "CreatedAt": _WHEN, "Spec": self._linked(body)}
        self._keep("service", body["Name"], made)
        self._run(self._made["service"][body["Name"]])

    def update_service(self, service: str, version: int, body: Json) -> None:
        found = self._one("service", service)
        with self._lock:
            found["Version"] = {"Index": version + 1}
            found["Spec"] = self._linked(body)
            self._run(found)

    def remove_service(self, service: str) -> None:
        with self._lock:
            found = self._one("service", service)
            del self._made["service"][found["Spec"]["Name"]], self._tasks[found["ID"]]

    def create_network(self, body: Json) -> None:
        self._keep("network", body["Name"], {**body, "Scope": "swarm"})

    def remove_network(self, network: str) -> None:
        with self._lock:
            del self._made["network"][self._one("network", network)["Name"]]

    def create_config(self, body: Json) -> None:
        self._keep("config", body["Name"], {"Spec": {"Name": body["Name"], "Labels": body["Labels"]}})

    def remove_config(self, name: str) -> None:
        with self._lock:
            del self._made["config"][self._one("config", name)["Spec"]["Name"]]

    def _keep(self, kind: str, name: str, made: Json) -> None:
        with self._lock:
            identity = self._id()
            self._made[kind][name] = {"ID": identity, "Id": identity, **made}
            self._names[identity] = name

    def _one(self, kind: str, called: str) -> Json:
        with self._lock:
            there = self._made[kind]
            found = there.get(called) or there.get(self._names.get(called, ""))
        if found is None:
            raise NotFound(f"there is no {kind} {called}")
        return found

    def _linked(self, body: Json) -> Json:
        template = dict(body["TaskTemplate"])
        template["Networks"] = [
            {**one, "Target": self._one("network", one["Target"])["Id"]}
            for one in template.get("Networks") or ()
        ]
        return {**body, "TaskTemplate": template}

    def _run(self, service: Json) -> None:
        with self._lock:
            self._tasks[service["ID"]] = list(self._running(service))

    def _running(self, service: Json) -> Iterator[Json]:
        for slot in range(1, service["Spec"]["Mode"]["Replicated"]["Replicas"] + 1):
            yield {
                "ID": self._id(),
                "ServiceID": service["ID"],
                "Slot": slot,
                "NodeID": f"n{slot % _NODES}",
                "DesiredState": "running",
                "Status": {"State": "running", "Timestamp": _WHEN},
                "Spec": service["Spec"]["TaskTemplate"],
            }
