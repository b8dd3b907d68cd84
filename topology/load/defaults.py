"""What the stack says for all services at once: further names, and where ports are published."""

from __future__ import annotations

from topology.models import Attachment, Port, Service, Stack


def applied(stack: Stack) -> Stack:
    """The stack with `dns` and `publish_default` said where they count; twice is as once."""
    if stack.dns is None and stack.publish_default is None:
        return stack
    services = {name: _service(stack, name, service) for name, service in stack.services.items()}
    return stack.model_copy(update={"services": services})


def names(stack: Stack, service: str) -> tuple[str, ...]:
    """What `dns` calls all replicas of a service: STACK.SERVICE, and the same with the suffix behind it."""
    short = f"{stack.name}.{service}"
    return (short, f"{short}.{stack.dns.suffix}") if stack.dns and stack.dns.suffix else (short,)


def _service(stack: Stack, name: str, service: Service) -> Service:
    added = names(stack, name) if stack.dns else ()
    networks = {key: _called(one, added) for key, one in service.networks.items()}
    ports = tuple(_published(port, stack.publish_default) for port in service.ports)
    return service.model_copy(update={"networks": networks, "ports": ports})


def _called(attachment: Attachment, added: tuple[str, ...]) -> Attachment:
    aliases = tuple(dict.fromkeys((*attachment.aliases, *added)))
    return attachment.model_copy(update={"aliases": aliases})


def _published(port: Port, address: str | None) -> Port:
    return port if port.host_ip or address is None else port.model_copy(update={"host_ip": address})
