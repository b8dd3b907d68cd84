"""Steps in words: what a plan lists, and what progress shows while it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler import plan
from reconciler.plan import Step

Names = Mapping[str, str]
"""Ids of containers and networks → their names."""


def said(step: Step, names: Names) -> str:
    """What one step does, as an order: `connect shop-web-1 to shop_db_nw`."""
    return SAYINGS[type(step)](step, lambda identity: names.get(identity, identity))


SAYINGS: Mapping[type[Step], Callable[[Any, Callable[[str], str]], str]] = {
    plan.PullImage: lambda step, _: (
        f"pull {step.reference}" + (f" for {step.platform}" if step.platform else "")
    ),
    plan.BuildImage: lambda step, _: f"build {step.reference} from {step.build.context}",
    plan.CreateNetwork: lambda step, _: f"create network {step.name}",
    plan.RemoveNetwork: lambda step, _: f"remove network {step.name}",
    plan.CreateVolume: lambda step, _: f"create volume {step.name}",
    plan.RemoveVolume: lambda step, _: f"remove volume {step.name} with all it holds",
    plan.WriteJournal: lambda _step, _: "note what was changed in place",
    plan.DropJournal: lambda step, _: f"remove the old note {step.name}",
    plan.CreateContainer: lambda step, _: f"create container {step.name}",
    plan.CopyFiles: lambda step, name: (
        f"copy {', '.join(file.target for file in step.files)} into {name(step.container)}"
    ),
    plan.StartContainer: lambda step, name: f"start {name(step.container)}",
    plan.UnpauseContainer: lambda step, name: f"unpause {name(step.container)}",
    plan.StopContainer: lambda step, name: f"stop {name(step.container)}",
    plan.RemoveContainer: lambda step, _: f"remove container {step.name}",
    plan.RenameContainer: lambda step, name: f"rename {name(step.container)} to {step.name}",
    plan.UpdateContainer: lambda step, name: f"update {name(step.container)}",
    plan.ConnectNetwork: lambda step, name: f"connect {name(step.container)} to {name(step.network)}",
    plan.DisconnectNetwork: lambda step, name: f"disconnect {name(step.container)} from {name(step.network)}",
    plan.WaitHealthy: lambda step, name: f"wait until {name(step.container)} is up",
    plan.WaitCompleted: lambda step, name: f"wait until {name(step.container)} has completed",
}
"""A row for each kind of step; a test keeps it complete."""
