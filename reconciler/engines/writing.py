"""Changes an engine on a Unix socket with nothing but the standard library.

An apply sends a few kinds of small calls. For those the docker SDK, which takes 100 ms to import, adds
nothing; it comes in with what it is good at: fetching and building images, and the streams of a container.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from reconciler.contents import NO_SECRETS, BuildSecrets
from reconciler.engines.daemon import Json, Look, Tell, untold
from reconciler.engines.line import TIMEOUT, sent
from reconciler.engines.reading import Endpoint, failure
from reconciler.engines.sending import Call, Sending
from reconciler.engines.wire import WireReader, message, translated
from topology.models import Build, Ready

if TYPE_CHECKING:
    from reconciler.engines.sdk import SdkDaemon


class WireDaemon(Sending, WireReader):
    """The whole engine; may be shared by threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        """See `WireReader`."""
        super().__init__(endpoint)
        self._endpoint = endpoint

    def _send(self, doing: str, call: Call) -> Any:
        """See `Sending`."""
        asked = f"?{urlencode(call.given)}" if call.given else ""
        target = quote(self.prefix + call.path, safe="/:@") + asked
        kind, packed = _packed(call.body)
        with translated(doing):
            answer = sent(
                self.socket, (call.method, target), packed, {**kind, **call.headers}, TIMEOUT + call.grace
            )
        if answer.status >= 400:
            raise failure(doing, answer.status, message(answer.body))
        return json.loads(answer.body) if answer.body.startswith(b"{") else {}

    @cached_property
    def _sdk(self) -> SdkDaemon:
        from reconciler.engines.sdk import SdkDaemon  # noqa: PLC0415  # importing the SDK takes 100 ms

        return SdkDaemon(self._endpoint, api=str(self.version()["ApiVersion"]))

    def pull(self, reference: str, platform: str | None = None, tell: Tell = untold) -> None:
        """See `Daemon`."""
        self._sdk.pull(reference, platform, tell)

    def build(
        self,
        reference: str,
        build: Build,
        labels: Mapping[str, str],
        tell: Tell = untold,
        secrets: BuildSecrets = NO_SECRETS,
    ) -> None:
        """See `Daemon`."""
        self._sdk.build(reference, build, labels, tell, secrets)

    def execute(self, container: str, command: Sequence[str]) -> tuple[int, str]:
        """See `Daemon`."""
        return self._sdk.execute(container, command)

    def probe(self, container: str, ready: Ready) -> AbstractContextManager[Look]:
        """See `Daemon`."""
        return self._sdk.probe(container, ready)

    def last_words(self, container: str, lines: int) -> str:
        """See `Daemon`."""
        return self._sdk.last_words(container, lines)


def _packed(body: Json | bytes | None) -> tuple[dict[str, str], bytes | None]:
    """What says of which kind a body is, and the body as it is sent."""
    if body is None:
        return {}, None
    if isinstance(body, bytes):
        return {"Content-Type": "application/x-tar"}, body
    return {"Content-Type": "application/json"}, json.dumps(body).encode()
