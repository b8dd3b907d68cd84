"""A Docker engine behind the docker SDK, and where its errors become ours.

Its calls send the API's own JSON through the SDK's session, because the SDK's typed calls leave fields
out: `update_container` knows no NanoCpus and drops zeros, `connect` no GwPriority (docker 7.2.0). Besides
this module `building` and `contexts` import it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import docker
import requests
from docker import errors as sdk
from docker.tls import TLSConfig
from docker.types import CancellableStream
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from reconciler.contents import NO_SECRETS, BuildSecrets
from reconciler.engines import building, buildx, contexts
from reconciler.engines.bounded import bounded
from reconciler.engines.daemon import NOTABLE, Events, Json, Look, Tell, untold
from reconciler.engines.line import NO_HEADERS, SCHEME, TIMEOUT
from reconciler.engines.probing import probing
from reconciler.engines.pulling import Layers, built
from reconciler.engines.reading import Endpoint, Reading, failure
from reconciler.engines.sending import Call, Sending
from reconciler.errors import Denied, EngineError, Rejected, Unavailable
from topology.models import Build, Ready
from topology.secrets import command_line

_ALIVE: Final = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]
"""What finds out within a minute that an engine's host is gone: who listens to events sends nothing."""


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Re-raises what the SDK and its HTTP library raise as one of ours, saying what was being done."""
    try:
        yield
    except sdk.APIError as error:
        raise failure(doing, error.status_code or 0, str(error.explanation or error)) from error
    except sdk.BuildError as error:
        raise Rejected(f"{doing}: {error.msg}") from error
    except (requests.RequestException, HTTPError, sdk.DockerException, OSError) as error:
        raise _unreached(doing, error) from error


def _unreached(doing: str, error: Exception) -> EngineError:
    """The HTTP library buries the reason several exceptions deep."""
    text = str(error)
    if "PermissionError" in text or "Permission denied" in text:
        return Denied(f"{doing}: permission denied")
    if isinstance(error, requests.Timeout):
        return Unavailable(f"{doing}: no answer within {TIMEOUT:.0f} seconds")
    for sign, words in (
        ("FileNotFoundError", "no such socket"),
        ("No such file", "no such socket"),
        ("Connection refused", "connection refused"),
        ("Connection aborted", "the connection was cut"),
        ("Read timed out", "the connection was cut"),
        ("Name or service not known", "unknown host"),
    ):
        if sign in text:
            return Unavailable(f"{doing}: {words}")
    return Unavailable(f"{doing}: {text}")


class _Client(docker.APIClient):
    """Trusts whom it was told to. Requests lets REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE overrule ca.pem."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """See `requests.Session`."""
        trusted = self.verify if verify is None else verify
        return super().merge_environment_settings(url, proxies, stream, trusted, cert)


class SdkReader(Reading):
    """The reading half, wherever the engine is: it has no way to send anything but GET."""

    def __init__(self, endpoint: Endpoint, *, api: str | None = None, pool: int = 8) -> None:
        """Connects, and agrees on an API version where none is given.

        Raises:
            Unavailable: nothing answers there.
            Denied: something does, but not to us.
        """
        self._endpoint = endpoint
        with translated(f"connecting to {endpoint.url}"):
            self._api = _Client(
                base_url=endpoint.url,
                version=api or "auto",
                timeout=round(TIMEOUT),
                tls=_tls(endpoint),
                max_pool_size=pool,
                use_ssh_client=endpoint.url.startswith("ssh://"),
            )
        for adapter in self._api.adapters.values():
            if isinstance(adapter, HTTPAdapter) and not self.is_local:
                adapter.poolmanager.connection_pool_kw["socket_options"] = _ALIVE
        if self.is_local:  # no proxy leads to a socket, and looking for one is a third of what a call costs
            self._api.trust_env = False

    def _url(self, path: str) -> str:
        return f"{self._api.base_url}/v{self._api.api_version}{path}"

    def get(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """See `Reading`."""
        with translated(doing):
            answer = self._api.get(self._url(path), headers=headers, timeout=TIMEOUT)
            return checked(doing, answer).json()

    def _bytes(self, doing: str, path: str) -> bytes:
        """See `Reading`."""
        with translated(doing):
            return checked(doing, self._api.get(self._url(path), timeout=TIMEOUT)).content

    @property
    def is_local(self) -> bool:
        """See `DaemonReader`."""
        return self._endpoint.url.startswith(("unix://", "npipe://"))

    @property
    def socket(self) -> str:
        """See `Reading`."""
        return self._endpoint.url.removeprefix(SCHEME) if self._endpoint.url.startswith(SCHEME) else ""

    def version(self) -> Json:
        """See `DaemonReader`."""
        found: Json = self.get("asking for the version", "/version")
        return {**found, "ApiVersion": self._api.api_version}

    def events(self) -> Events:
        """See `DaemonReader`."""
        with translated("listening to the engine"):
            chosen = {key: list(names) for key, names in NOTABLE.items()}
            return SdkEvents(self._api.events(decode=True, filters=chosen))

    def digest(self, build: Build) -> str:
        """See `DaemonReader`."""
        return contexts.digest(build)


class SdkEvents:
    """See `Events`."""

    def __init__(self, stream: CancellableStream[Json]) -> None:
        self._stream = stream
        self._closed = False

    def __iter__(self) -> Iterator[Json]:
        """The SDK's stream ends in the same way whether it was closed or cut."""
        with translated("listening to the engine"):
            yield from self._stream
        if not self._closed:
            raise Unavailable("listening to the engine: the connection was cut")

    def close(self) -> None:
        """See `Events`. Over SSH the SDK cannot: the iteration then lasts as long as the connection."""
        self._closed = True
        with suppress(sdk.DockerException, OSError):
            self._stream.close()


def _tls(endpoint: Endpoint) -> TLSConfig | bool:
    if not endpoint.tls:
        return False
    folder = Path(endpoint.tls)
    return TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
        ca_cert=str(folder / "ca.pem"),
        verify=endpoint.verify,
    )


def checked(doing: str, answer: requests.Response) -> requests.Response:
    """The answer itself, unless the engine refused."""
    if answer.status_code >= 400:
        raise failure(doing, answer.status_code, _message(answer))
    return answer


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text or str(answer.reason)


class SdkDaemon(Sending, SdkReader):
    """The whole engine."""

    def _send(self, doing: str, call: Call) -> Any:
        """See `Sending`."""
        packed = isinstance(call.body, bytes)
        with translated(doing):
            answer = self._api.request(
                call.method,
                self._url(call.path),
                params=call.given,
                data=call.body if packed else None,
                json=None if packed else call.body,
                headers=call.headers,
                timeout=TIMEOUT + call.grace,
            )
            checked(doing, answer)
            return answer.json() if answer.content.startswith(b"{") else {}

    def pull(self, reference: str, platform: str | None = None, tell: Tell = untold) -> None:
        """See `Daemon`. Credentials come from the docker configuration, as the command line finds them."""
        doing = f"pulling {reference}"
        with translated(doing):
            name, tag = _split_tag(reference)
            layers = Layers()
            for line in self._api.pull(name, tag=tag, platform=platform, stream=True, decode=True):
                if "error" in line:
                    raise failure(doing, 500, str(line["error"]))
                if said := layers.told(line):
                    tell(said)

    def build(
        self,
        reference: str,
        build: Build,
        labels: Mapping[str, str],
        tell: Tell = untold,
        secrets: BuildSecrets = NO_SECRETS,
    ) -> None:
        """See `Daemon`."""
        doing = f"building {reference}"
        builder = self.builder(build)
        for one in builder.missing:
            raise Rejected(f"{doing}: {one.message}")
        if builder.buildkit:
            kept = builder.kept(build)
            buildx.build(reference, kept, labels, secrets=secrets, on=self._endpoint, tell=tell)
            return
        with translated(doing), building.context(build) as packed:
            answer = self._api.post(
                self._url("/build"),
                data=packed,
                params=building.parameters(reference, build, labels, self._endpoint.url),
                headers=building.headers(),
                stream=True,
                timeout=None,
            )
            for line in filter(None, checked(doing, answer).iter_lines()):
                if "error" in (said := json.loads(line)):
                    raise Rejected(f"{doing}: {str(said['error']).strip()}")
                if how := built(said):
                    tell(how)

    def execute(self, container: str, command: Sequence[str]) -> tuple[int, str]:
        """See `Daemon`."""
        with translated(f"running {command[0]} in {container[:40]}"):
            made: str = self._api.exec_create(container, list(command))["Id"]
            output = bounded(partial(self._api.exec_start, made), command_line(command))
            text = output.decode(errors="replace") if isinstance(output, bytes) else ""
            return int(self._api.exec_inspect(made)["ExitCode"]), text

    def probe(self, container: str, ready: Ready) -> AbstractContextManager[Look]:
        """See `Daemon`."""
        return probing(self, self._printed, container, ready)

    def _printed(self, container: str, since: float) -> str:
        with translated(f"reading the log of {container[:40]}"):
            said: bytes = self._api.logs(container, since=since, timestamps=True)
            return said.decode(errors="replace")

    def last_words(self, container: str, lines: int) -> str:
        """See `Daemon`."""
        with translated(f"reading the log of {container[:40]}"):
            said: bytes = self._api.logs(container, tail=lines)
            return said.decode(errors="replace")


def _split_tag(reference: str) -> tuple[str, str | None]:
    """Without a tag the SDK would fetch every tag of a repository."""
    if "@" in reference:
        return reference, None
    name, colon, tag = reference.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (reference, "latest")
