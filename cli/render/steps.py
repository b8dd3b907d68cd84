"""Steps in words: what a plan lists, and what progress shows while it happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reconciler import steps
from reconciler.steps import Step
from topology.secrets import command_line

Names = Mapping[str, str]
"""Ids of containers and networks → their names."""


_ID: Final = re.compile(r"^([0-9a-f]{12})[0-9a-f]{52}$")
"""Of a container that has no part in the plan but to be waited for; people know it by its first digits."""


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _on(node: str) -> str:
    return f" on {node}" if node else ""


def said(step: Step, names: Names) -> str:
    """What one step does, as an order: `connect shop-web-1 to shop_db_nw`."""
    return SAYINGS[type(step)](step, lambda identity: names.get(identity) or _ID.sub(r"\1", identity))


SAYINGS: Mapping[type[Step], Callable[[Any, Callable[[str], str]], str]] = {
    steps.PullImage: lambda step, _: (
        f"pull {step.reference}" + (f" for {step.platform}" if step.platform else "")
    ),
    steps.BuildImage: lambda step, _: f"build {step.reference} from {step.build.context}",
    steps.CreateNetwork: lambda step, _: f"create network {step.name}",
    steps.RemoveNetwork: lambda step, _: f"remove network {step.name}",
    steps.CreateVolume: lambda step, _: f"create volume {step.name}",
    steps.RemoveVolume: lambda step, _: f"remove volume {step.name}{_on(step.node)} with all it holds",
    steps.WriteJournal: lambda _step, _: "note what was changed in place",
    steps.TakeOver: lambda _step, _: "note what is the stack's from now on",
    steps.DropJournal: lambda step, _: f"remove the old note {step.name}",
    steps.CreateContainer: lambda step, _: f"create container {step.name}",
    steps.CopyFiles: lambda step, name: (
        f"copy {', '.join(file.target for file in step.files)} into {name(step.container)}"
    ),
    steps.StartContainer: lambda step, name: f"start {name(step.container)}",
    steps.UnpauseContainer: lambda step, name: f"unpause {name(step.container)}",
    steps.StopContainer: lambda step, name: f"stop {name(step.container)}",
    steps.RemoveContainer: lambda step, _: f"remove container {step.name}",
    steps.RenameContainer: lambda step, name: f"rename {name(step.container)} to {step.name}",
    steps.SignalContainer: lambda step, name: (
        f"signal {name(step.container)} with {step.signal}{_because(step.why)}"
    ),
    steps.ExecInContainer: lambda step, name: (
        f"run {command_line(step.command)} in {name(step.container)}{_because(step.why)}"
    ),
    steps.UpdateContainer: lambda step, name: f"update {name(step.container)}",
    steps.ConnectNetwork: lambda step, name: f"connect {name(step.container)} to {name(step.network)}",
    steps.DisconnectNetwork: lambda step, name: (
        f"disconnect {name(step.container)} from {name(step.network)}"
    ),
    steps.WaitHealthy: lambda step, name: (
        f"wait until {name(step.container)} is up" + (f" and {step.ready}" if step.ready else "")
    ),
    steps.Pause: lambda step, _: f"let {step.seconds:g} s pass before the next",
    steps.CreateKept: lambda step, _: f"create {step.address.kind.value} {step.name}",
    steps.RemoveKept: lambda step, _: f"remove {step.address.kind.value} {step.name}",
    steps.CreateService: lambda step, _: f"create service {step.name}",
    steps.UpdateService: lambda step, _: f"update service {step.name}" + (" anew" if step.anew else ""),
    steps.RemoveService: lambda step, _: f"remove service {step.name}",
    steps.WaitService: lambda step, _: f"wait until all tasks of {step.name} run",
    steps.WaitCompleted: lambda step, name: f"wait until {name(step.container)} has completed",
}
"""A row for each kind of step; a test keeps it complete."""
