"""Which image a service runs, and how it is made where it is built."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reconciler.contents import NO_SECRETS, BuildSecrets, Sealed
from reconciler.fields.row import Site
from topology.models import IMAGE_OF, Build, Stack

IMAGE: Final = "docker-image://"
"""What an additional context begins with that is an image."""


def name_of(stack: Stack, service: str) -> str:
    """The reference of the image a service runs; what is built without a name is named after it."""
    return stack.services[service].image or f"{stack.name}-{service}"


def build_of(site: Site) -> Build | None:
    """How its image is made, with the names of the images that it takes from."""
    build = site.service.build
    if build is None or not build.additional_contexts:
        return build
    contexts = {name: _named(site.stack, place) for name, place in build.additional_contexts.items()}
    return build.model_copy(update={"additional_contexts": contexts})


def _named(stack: Stack, place: str) -> str:
    service = place.removeprefix(IMAGE_OF)
    return place if service == place else IMAGE + name_of(stack, service)


def bases(build: Build) -> frozenset[str]:
    """The images that a build names as its contexts; each may be one that is built as well."""
    places = build.additional_contexts.values()
    return frozenset(place.removeprefix(IMAGE) for place in places if place.startswith(IMAGE))


def secrets_of(site: Site) -> BuildSecrets:
    """What its build may read. One that could not be had is an obstacle elsewhere."""
    if site.service.build is None:
        return NO_SECRETS
    found: dict[str, Sealed | Path] = {}
    for secret in site.service.build.secrets:
        file = site.stack.secrets[secret.source].file
        if file is not None:
            found[secret.target] = Path(file)
        elif secret.source in site.contents.secrets:
            found[secret.target] = site.contents.secrets[secret.source]
    return found
