"""`topo export kubernetes`: objects as YAML documents, or as one list in JSON. kubectl reads both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.render.cells import visible
from cli.render.config import dumped
from cli.render.ink import Look
from cli.render.words import counted
from cli.report.kubernetes import Kubernetes

Object = Mapping[str, Any]


def text(report: Kubernetes, _look: Look) -> str:
    """All objects; or, where they were written to files, how to apply them."""
    if report.folder is not None:
        count = counted(len(report.parts) + 1, "file")
        return f"written {count} into {report.folder}: kubectl apply -k {report.folder}"
    objects = (one for part in report.parts.values() for one in part)
    return documents(objects, report).removesuffix("\n")


def as_json(report: Kubernetes, _look: Look) -> str:
    """One object of the kind List, in the order of the YAML."""
    items = [one for part in report.parts.values() for one in part]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=2, ensure_ascii=False)


def documents(objects: Iterable[Object], report: Kubernetes) -> str:
    """Objects as the documents of one file."""
    return "---\n".join(_document(one, report) for one in objects)


def files(report: Kubernetes) -> Iterator[tuple[str, str]]:
    """The names of the files of a folder with what they hold, the one that lists the others last."""
    for name, part in report.parts.items():
        yield f"{name}.yaml", documents(part, report)
    resources = [f"{name}.yaml" for name in report.parts]
    listing = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    yield "kustomization.yaml", dumped(listing)


def _document(one: Object, report: Kubernetes) -> str:
    fill = report.filling.get(one["metadata"]["name"]) if one["kind"] == "Secret" else None
    head = f"# to be filled: {visible(fill)}\n" if fill else ""
    return head + dumped(one)
