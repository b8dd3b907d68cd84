"""`via: ambassador` on a link → a small TCP proxy between the two, and the networks that leave no other way.

    client ─[client-to-db]─ ambassador client-to-db ─[db-for-client]─ db

The client finds the proxy under the link's alias and can open the one port that it listens on; the server,
being on no network with the client, cannot open anything there. The proxy finds the server as `db.server`.
With `via: ambassadors` each side has a proxy of its own:

    client ─[client-to-db]─ client-to-db ─[client-to-db-between]─ db-for-client ─[db-for-client]─ db

All names come from the client and the alias, never from the server: when the link is turned to another
server, that one joins and the other leaves, and neither client nor proxy is touched. What is made here
stands where the link stands, so whatever is said about it points there.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from topology import relay
from topology.codes import CONFLICT, MISSING, WRONG_VALUE
from topology.images import known_port
from topology.load.context import Context
from topology.load.words import error, quoted, span_of
from topology.source import Map, Seq, Text, Value
from topology.source.values import Place

IMAGE = "alpine/socat:1.8.0.3"
"""What runs the proxy unless the stack says `ambassadors: {image: ...}`; any image with a `socat` will do."""

FORMS = ("ambassador", "ambassadors")
_NOBODY = "65534:65534"


def stationed(root: Map, context: Context) -> Map:
    """The stack with an ambassador for each link that asks for one; what has another shape stays as it is."""
    services = root.get("services")
    if not isinstance(services, Map):
        return root
    asked = [
        _Asked(client=client, index=index, link=link)
        for client, said in services.items()
        for index, link in enumerate(_links(said))
        if isinstance(link, Map) and link.get("via") in FORMS and isinstance(link.get("service"), Text)
    ]
    if not asked:
        return root
    made = _Station(root, services, context)
    for one in asked:
        made.send(one)
    return made.root


class _Asked(Struct, frozen=True, kw_only=True):
    """A link that asks for ambassadors."""

    client: str
    index: int
    link: Map

    @property
    def server(self) -> str:
        return str(self.link["service"])

    @property
    def alias(self) -> str:
        return str(self.link.get("alias") or self.server)

    @property
    def at(self) -> Place:
        return self.link.at

    @property
    def near(self) -> str:
        """The proxy at the client's side, and the network between the two."""
        return f"{self.client}-to-{self.alias}"

    @property
    def far(self) -> str:
        """The network at the server's side, and the proxy there if there are two."""
        return f"{self.alias}-for-{self.client}"

    @property
    def found(self) -> str:
        """What the proxy calls the server; no service has that name, so nobody else answers to it."""
        return f"{self.alias}.server"

    @property
    def between(self) -> str:
        return f"{self.near}-between"


class _Station:
    """Adds ambassadors to a copy of the tree."""

    def __init__(self, root: Map, services: Map, context: Context) -> None:
        self._context = context
        self._said = services
        self._services = Map.of(dict(services), services.at)
        declared = root.get("networks")
        self._networks = Map.of(dict(declared), declared.at) if isinstance(declared, Map) else None
        self._root = root
        given = root.get("ambassadors")
        image = given.get("image") if isinstance(given, Map) else None
        self._image = image if isinstance(image, Text) else None

    @property
    def root(self) -> Map:
        made = {**self._root, "services": self._services}
        if self._networks is not None:
            made["networks"] = self._networks
        kept = {key: key for key in self._root}
        return Map.of({kept.get(key, key): value for key, value in made.items()}, self._root.at)

    def send(self, asked: _Asked) -> None:
        """One link's ambassadors, unless something is in their way."""
        port = self._port(asked)
        if port is None or self._hindered(asked):
            return
        self._join(asked.client, asked.near, None, asked)
        self._join(
            asked.server, asked.far, _map({"aliases": _list((asked.found,), asked.at)}, asked.at), asked
        )
        if asked.link["via"] == "ambassadors":
            self._add(asked, asked.near, port, (asked.near, asked.between), serves=asked.far)
            self._add(asked, asked.far, port, (asked.between, asked.far), serves=asked.server)
        else:
            self._add(asked, asked.near, port, (asked.near, asked.far), serves=asked.server)
        self._turn(asked, port)

    def _port(self, asked: _Asked) -> Text | None:
        """The one port: the link's, else the only one that the server is known to listen on."""
        if isinstance(said := asked.link.get("port"), Text):
            return said
        server = self._said.get(asked.server)
        if not isinstance(server, Map):
            return None  # there is no such service, which is said elsewhere
        image = server.get("image")
        usual = known_port(image if isinstance(image, Text) else None, asked.server)
        exposed = server.get("expose")
        known = [item for item in exposed if isinstance(item, Text)] if isinstance(exposed, Seq) else []
        if usual and not known:
            return Text.of(str(usual), asked.at)
        if len(known) == 1:
            return Text.of(known[0].partition("/")[0], asked.at)
        self._refuse(
            asked, MISSING, f"an ambassador to {asked.server} needs a port", 'add "port:" to the link'
        )
        return None

    def _hindered(self, asked: _Asked) -> bool:
        """Whether the ambassadors cannot be stationed; says why."""
        if self._borrows(asked.client):
            return True  # it cannot have links at all, which is said elsewhere
        if self._borrows(asked.server):
            message = f"an ambassador needs {asked.server} to have networks of its own"
            self._refuse(asked, WRONG_VALUE, message, "take network_mode out, or take via out")
            return True
        for name in (asked.near, asked.far):
            if name in self._services or (self._networks is not None and name in self._networks):
                message = f"the name {quoted(name)} is needed for an ambassador, and is taken"
                self._refuse(asked, CONFLICT, message, "give the link another alias")
                return True
        return False

    def _borrows(self, name: str) -> bool:
        said = self._said.get(name)
        return isinstance(said, Map) and said.get("network_mode") is not None

    def _refuse(self, asked: _Asked, code: str, message: str, mend: str) -> None:
        path = ("services", asked.client, "links", asked.index)
        self._context.findings.append(error(code, message, path, mend=mend, span=span_of(asked.link["via"])))

    def _join(self, name: str, network: str, attachment: Value, asked: _Asked) -> None:
        """On the network besides those it says; who says none is on no other."""
        service = self._services.get(name)
        joined = service.get("networks") if isinstance(service, Map) else None
        entries = _entries(joined)
        if entries is None:
            return
        at = joined.at if joined is not None else asked.at
        made = Map.of({**entries, Text.of(network, asked.at): attachment}, at)
        self._replace(name, "networks", made, asked)

    def _replace(self, name: str, field: str, value: Value, asked: _Asked) -> None:
        service = self._services.get(name)
        if not isinstance(service, Map):
            return
        key = next((key for key in service if key == field), Text.of(field, asked.at))
        self._services[next(key for key in self._services if key == name)] = Map.of(
            {**service, key: value}, service.at
        )

    def _declare(self, network: str, at: Place) -> None:
        """Internal: it leads to the proxy and nowhere else."""
        if self._networks is None:
            self._networks = Map.of({}, at)
        self._networks[Text.of(network, at)] = _map({"internal": Text.of("true", at)}, at)

    def _add(self, asked: _Asked, name: str, port: Text, networks: tuple[str, str], *, serves: str) -> None:
        """A service that hands on each connection to its port, and can do nothing else."""
        at = asked.at
        for network in networks:
            self._declare(network, at)
        called = asked.found if serves == asked.server else serves
        client = self._said[asked.client]
        profiles = client.get("profiles") if isinstance(client, Map) else None
        service: dict[str, Value] = {
            "image": self._image or Text.of(IMAGE, at),
            "entrypoint": _list((relay.PROGRAM,), at),
            "command": _list(relay.command(port, called), at),
            "expose": _list((port,), at),
            "networks": _map(dict.fromkeys(networks), at),
            "links": Seq.of([_map({"service": Text.of(serves, at), "port": port}, at)], at),
            "user": Text.of(_NOBODY, at),
            "read_only": Text.of("true", at),
            "cap_drop": _list(("ALL",), at),
            "restart": Text.of("unless-stopped", at),
        }
        if profiles is not None:
            service["profiles"] = profiles
        self._services[Text.of(name, at)] = _map(service, at)

    def _turn(self, asked: _Asked, port: Text) -> None:
        """The client's link leads to the proxy, under the alias that it had."""
        service = self._services[asked.client]
        links = _links(service)
        kept = {
            key: value for key, value in asked.link.items() if key not in {"via", "service", "alias", "port"}
        }
        own = {
            "service": Text.of(asked.near, asked.at),
            "alias": Text.of(asked.alias, asked.at),
            "port": port,
        }
        links[asked.index] = _map({**own, **kept}, asked.at)
        self._replace(asked.client, "links", Seq.of(links, asked.at), asked)


def _links(service: Value) -> list[Value]:
    links = service.get("links") if isinstance(service, Map) else None
    return list(links) if isinstance(links, Seq) else []


def _entries(networks: Value) -> dict[str, Value] | None:
    """Networks in either form as a mapping; None where they have another shape."""
    if networks is None:
        return {}
    if isinstance(networks, Seq) and all(isinstance(item, Text) for item in networks):
        return {item: None for item in networks if isinstance(item, Text)}
    return dict(networks) if isinstance(networks, Map) else None


def _map(entries: Mapping[str, Value], at: Place) -> Map:
    return Map.of(
        {key if isinstance(key, Text) else Text.of(key, at): value for key, value in entries.items()}, at
    )


def _list(items: tuple[str, ...], at: Place) -> Seq:
    return Seq.of([Text.of(item, at) for item in items], at)
