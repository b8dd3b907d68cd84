"""Rows for the containers of a service's tasks. The Engine adds nothing of the image to what it is sent."""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields import health
from reconciler.fields.kernel import ulimits, ulimits_body, wanted_ulimits
from reconciler.fields.row import Body, Field, Site
from reconciler.fields.service import capabilities, image_name, wanted_grace
from reconciler.fields.swarm.row import container, key, roll
from reconciler.state import ImageConfig

IMAGE_DIGEST: Final = "image_digest"
"""The row that says which image of its name it is."""

_NANO: Final = 1_000_000_000


def _image_name(site: Site) -> str:
    return image_name(site).partition("@")[0]


def _write_digest(body: Body, value: str) -> None:
    """Behind the row of the name."""
    container(body)["Image"] += f"@{value}"


def _read_digest(inspected: Body, _image: ImageConfig) -> str | None:
    return str(container(inspected).get("Image") or "").partition("@")[2] or None


def _words(name: str, called: str) -> Field:
    """An empty list is a wish that Swarm has no word for: it is refused elsewhere."""
    return key(container, name, called, want=lambda site: list(getattr(site.service, name) or ()) or None)


def _environment(entries: list[str]) -> dict[str, str]:
    return {name: text for name, _, text in (entry.partition("=") for entry in entries)}


def _entries(value: dict[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in sorted(value.items())]


def _hosts_body(value: list[str]) -> list[str]:
    """`NAME:ADDRESS` is `ADDRESS NAME` here, as in /etc/hosts; an address may hold colons itself."""
    pairs = (text.partition(":") for text in value)
    return [f"{address} {name}" for name, _, address in pairs]


def _hosts(raw: list[str]) -> list[str]:
    pairs = (text.partition(" ") for text in raw)
    return [f"{name}:{address}" for address, _, name in pairs]


def _wanted_capabilities(name: str) -> Any:
    return lambda site: capabilities(getattr(site.service, name)) or None


def _write_health(body: Body, value: dict[str, Any]) -> None:
    health.write(container(body), value)


def _read_health(inspected: Body, _image: ImageConfig) -> Any:
    return health.decode(container(inspected).get("Healthcheck"))


def _write_grace(body: Body, seconds: float) -> None:
    """No time at all is something to say: a task that nothing is said of gets ten seconds."""
    container(body)["StopGracePeriod"] = round(seconds * _NANO)


def _read_grace(inspected: Body, _image: ImageConfig) -> float | None:
    nanos = container(inspected).get("StopGracePeriod")
    return None if nanos is None else float(nanos / _NANO)


def _write_init(body: Body, value: bool) -> None:
    container(body)["Init"] = value


def _resolver(name: str, called: str) -> Field:
    return key(lambda body: container(body).setdefault("DNSConfig", {}), name, called)


CONTAINER: Final[tuple[Field, ...]] = (
    key(container, "image", "Image", want=_image_name, decode=lambda text: text.partition("@")[0]),
    Field(
        name=IMAGE_DIGEST,
        want=lambda site: image_name(site).partition("@")[2] or None,
        write=_write_digest,
        read=_read_digest,
        reach=roll,
    ),
    _words("entrypoint", "Command"),
    _words("command", "Args"),
    key(
        container,
        "environment",
        "Env",
        want=lambda site: dict(site.service.environment) or None,
        encode=_entries,
        decode=_environment,
        keyed=True,
        sensitive=True,
    ),
    Field(name="healthcheck", want=health.wanted, write=_write_health, read=_read_health, reach=roll),
    key(container, "hostname", "Hostname"),
    key(container, "labels", "Labels", want=lambda site: dict(site.service.labels) or None, keyed=True),
    key(container, "user", "User"),
    key(container, "group_add", "Groups"),
    key(container, "working_dir", "Dir"),
    key(container, "stop_signal", "StopSignal"),
    Field(name="stop_grace_period", want=wanted_grace, write=_write_grace, read=_read_grace, reach=roll),
    key(container, "extra_hosts", "Hosts", encode=_hosts_body, decode=_hosts),
    Field(
        name="init",
        want=lambda site: site.service.init,
        write=_write_init,
        read=lambda inspected, _image: container(inspected).get("Init"),
        reach=roll,
    ),
    key(container, "read_only", "ReadOnly"),
    key(container, "cap_add", "CapabilityAdd", want=_wanted_capabilities("cap_add"), decode=capabilities),
    key(container, "cap_drop", "CapabilityDrop", want=_wanted_capabilities("cap_drop"), decode=capabilities),
    _resolver("dns", "Nameservers"),
    _resolver("dns_search", "Search"),
    _resolver("dns_opt", "Options"),
    key(container, "sysctls", "Sysctls", want=lambda site: dict(site.service.sysctls) or None, keyed=True),
    key(
        container,
        "ulimits",
        "Ulimits",
        want=wanted_ulimits,
        encode=ulimits_body,
        decode=ulimits,
        keyed=True,
    ),
    key(container, "isolation", "Isolation", decode=lambda text: "" if text == "default" else text),
    key(container, "tty", "TTY"),
    key(container, "stdin_open", "OpenStdin"),
)
