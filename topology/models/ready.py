"""When a service is ready, for images whose health check does not say it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator

from topology.forms import ContainerPort, Seconds, Words
from topology.models.base import Model
from topology.secrets import command_line
from topology.units import Misfit

_WAYS: Final = ("tcp", "http", "log", "exec")


def _pattern(value: Any) -> Any:
    """A regular expression, which most texts are."""
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise Misfit("must be a regular expression", label=str(error)) from None
    return value


def _waiting(value: float) -> float:
    if value == 0:
        raise Misfit("must be longer than nothing", label="such as 30s or 2m")
    return value


class HttpProbe(Model):
    """A page that is answered with a status from 200 to 399 once its server is ready."""

    port: ContainerPort
    path: str = "/"

    @classmethod
    def from_text(cls, text: str) -> Any:
        port, slash, path = text.partition("/")
        if not port.strip().isdigit():
            raise Misfit("must be a port with a path or none", label="such as 8080/health")
        return {"port": port, "path": f"{slash}{path}"} if slash else {"port": port}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        path = said.get("path", "/")
        if isinstance(path, str) and (not path.startswith("/") or re.search(r"[\s\x00-\x1f]", path)):
            raise Misfit("must have a path that begins with / and has no spaces", seen=path)
        return said


class Ready(Model):
    """One sign that a container is ready, and how many seconds it may take from its start.

    `image` is what looks at its ports where this machine cannot: a container of it runs beside for that time.
    """

    tcp: ContainerPort | None = None
    http: HttpProbe | None = None
    log: Annotated[str, BeforeValidator(_pattern)] | None = None
    exec: Words | None = None
    within: Annotated[Seconds, AfterValidator(_waiting)] = 60.0
    image: str = "busybox"

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        ways = [name for name in _WAYS if name in said]
        misspelt = said.keys() - cls.model_fields.keys()
        if len(ways) != 1 and not misspelt:
            seen = " and ".join(ways) or "none of them"
            raise Misfit("must say one of tcp, http, log and exec", seen=seen, label="such as {tcp: 8080}")
        return said

    def __str__(self) -> str:
        """What is true of a container that is ready, in words."""
        if self.tcp is not None:
            return f"listens on {self.tcp}"
        if self.http is not None:
            return f"answers on {self.http.port}{self.http.path}"
        if self.log is not None:
            return f'has printed "{self.log}"'
        return f"lets {command_line(self.exec or ())} succeed"
