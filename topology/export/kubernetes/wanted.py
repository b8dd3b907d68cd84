"""Which paths of this machine an export wants to know about."""

from __future__ import annotations

from topology.export.kubernetes.storage import is_below
from topology.models import Stack


def wanted(stack: Stack, folder: str, *, with_secrets: bool) -> tuple[str, ...]:
    """What is bind-mounted from `folder`, where the stack file is, and where configs are.

    Where secrets are only if they are to be written. What is mounted from elsewhere is the machine's own.
    """
    mounts = (
        mount.source
        for service in stack.services.values()
        for mount in service.volumes
        if mount.type == "bind" and is_below(folder, mount.source or "")
    )
    configs = (config.file for config in stack.configs.values())
    secrets = (secret.file for secret in stack.secrets.values()) if with_secrets else ()
    return tuple(sorted({path for path in (*mounts, *configs, *secrets) if path}))
