"""Which paths of this machine an export wants to know about."""

from __future__ import annotations

from topology.models import Stack


def wanted(stack: Stack, *, with_secrets: bool) -> tuple[str, ...]:
    """What is bind-mounted, and where configs are; where secrets are only if they are to be written."""
    mounts = (
        mount.source
        for service in stack.services.values()
        for mount in service.volumes
        if mount.type == "bind"
    )
    configs = (config.file for config in stack.configs.values())
    secrets = (secret.file for secret in stack.secrets.values()) if with_secrets else ()
    return tuple(sorted({path for path in (*mounts, *configs, *secrets) if path}))
