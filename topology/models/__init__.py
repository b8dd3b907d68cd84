"""The stack as typed values, in Compose's words, in one canonical form.

A file may say the same thing in several ways (`ports: ["8080:80"]` or a mapping); a model holds it in
one. The short forms are parsed by validators that call `units`; nothing after `load` sees them.
Everything is frozen: a Stack is a value that graph, plan and renderers share.
"""

from __future__ import annotations

from topology.models.base import Model
from topology.models.blkio import Blkio, DeviceBytes, DeviceOperations, DeviceWeight
from topology.models.building import IMAGE_OF, Build, BuildSecret, Ulimit
from topology.models.contents import Config, ConfigGrant, Content, Grant, Secret, SecretGrant
from topology.models.life import (
    Condition,
    Dependency,
    Healthcheck,
    Notice,
    OnChange,
    Placement,
    Preference,
    Restart,
    RestartPolicy,
    UpdateConfig,
)
from topology.models.parts import (
    Attachment,
    Device,
    Expose,
    ExternalLink,
    Link,
    Logging,
    Mount,
    Port,
    VolumesFrom,
)
from topology.models.policy import Assume, Policy, Waiver
from topology.models.ready import HttpProbe, Ready
from topology.models.resources import Ipam, Network, Subnet, Volume
from topology.models.service import Service
from topology.models.stack import Stack

__all__ = [
    "IMAGE_OF",
    "Assume",
    "Attachment",
    "Blkio",
    "Build",
    "BuildSecret",
    "Condition",
    "Config",
    "ConfigGrant",
    "Content",
    "Dependency",
    "Device",
    "DeviceBytes",
    "DeviceOperations",
    "DeviceWeight",
    "Expose",
    "ExternalLink",
    "Grant",
    "Healthcheck",
    "HttpProbe",
    "Ipam",
    "Link",
    "Logging",
    "Model",
    "Mount",
    "Network",
    "Notice",
    "OnChange",
    "Placement",
    "Policy",
    "Port",
    "Preference",
    "Ready",
    "Restart",
    "RestartPolicy",
    "Secret",
    "SecretGrant",
    "Service",
    "Stack",
    "Subnet",
    "Ulimit",
    "UpdateConfig",
    "Volume",
    "VolumesFrom",
    "Waiver",
]
