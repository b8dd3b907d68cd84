"""The sentences of `policy.claims`: text → Claim.

claim   = ends "can" "reach" ends ["on" ports] ["by" "name"]
        | ends "cannot" "reach" ends ["on" ports] ["even" "through" "others"]
        | "only" ends "can" "reach" ends ["on" ports]
        | ends "can" "reach" "only" ends
ends    = end {("," | "and" | "or") end}
end     = NAME | "service" NAME | "network" NAME | "label" KEY["="VALUE] | "any" | "world" | "host"
ports   = port {("," | "and" | "or") port}
port    = NUMBER ["/" ("tcp" | "udp" | "sctp")]
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct

from topology.structs import replace

T = TypeVar("T")


class ClaimError(Exception):
    """A sentence that is none of the four forms; `position` and `width` mark the word."""

    def __init__(self, position: int, message: str, width: int = 1) -> None:
        super().__init__(message)
        self.position = position
        self.message = message
        self.width = width


class Form(enum.Enum):
    """What a claim says about its subjects and objects."""

    CAN = "can reach"
    CANNOT = "cannot reach"
    ONLY_FROM = "only these can reach"
    ONLY_TO = "can reach only"


class Sort(enum.Enum):
    """What kind of thing an end names."""

    SERVICE = "service"
    NETWORK = "network"
    LABEL = "label"
    ANY = "any"
    WORLD = "world"
    HOST = "host"


class Ends(Struct, frozen=True, kw_only=True):
    """One end of a claim: a service, all members of a network, all with a label, the world ...

    `position` and `width` say where in the sentence its words stand.
    """

    sort: Sort
    name: str = ""
    value: str | None = None
    position: int = 0
    width: int = 0

    def __str__(self) -> str:
        match self.sort:
            case Sort.SERVICE:
                return self.name
            case Sort.NETWORK:
                return f"network {self.name}"
            case Sort.LABEL:
                return f"label {self.name}" + ("" if self.value is None else f"={self.value}")
            case Sort.ANY | Sort.WORLD | Sort.HOST:
                return str(self.sort.value)


class PortOf(Struct, frozen=True, kw_only=True):
    """A port that a claim is about."""

    number: int
    protocol: str = "tcp"


class Claim(Struct, frozen=True, kw_only=True):
    """One parsed sentence. Lists mean each with each; no ports means any port."""

    text: str
    form: Form
    subjects: tuple[Ends, ...]
    objects: tuple[Ends, ...]
    ports: tuple[PortOf, ...] = ()
    by_name: bool = False
    through_others: bool = False


class Word(Struct, frozen=True):
    text: str
    position: int


KEYWORDS = ("can", "cannot", "reach", "only", "on", "by", "even")
ENDS = {"any": Sort.ANY, "world": Sort.WORLD, "host": Sort.HOST}
JOINING = frozenset({",", "and", "or"})
_LONGEST_PORT = 5
PROTOCOLS = ("tcp", "udp", "sctp")
NAME: re.Pattern[str] = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*\Z")


def parse(text: str) -> Claim:
    """Reads one sentence. Raises ClaimError, which points at the word that is wrong."""
    return _Reader(text).claim()


class _Reader:
    """Recursive descent over the words of one claim; it holds how far it has read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(found[0], found.start()) for found in re.finditer(r",|[^\s,]+", text)]
        self.next = 0

    def claim(self) -> Claim:
        claim = self._only_from() if self._take("only") else self._plain()
        if (left := self._peek()) is not None:
            raise self._error(left, f"the claim should end before {left.text!r}")
        return claim

    def _only_from(self) -> Claim:
        subjects = self._ends()
        self._expect("can")
        self._expect("reach")
        return self._claim(Form.ONLY_FROM, subjects, self._ends(), ports=self._ports())

    def _plain(self) -> Claim:
        subjects = self._ends()
        if self._verb():
            return self._cannot(subjects)
        self._expect("reach")
        if self._take("only"):
            return self._claim(Form.ONLY_TO, subjects, self._ends())
        return self._can(subjects)

    def _verb(self) -> bool:
        """Reads `can`, `cannot` or `can not`; True when it denies."""
        if self._take("cannot"):
            return True
        self._expect("can", "cannot")
        return self._take("not")

    def _can(self, subjects: tuple[Ends, ...]) -> Claim:
        objects, ports = self._ends(), self._ports()
        by_name = self._take("by")
        if by_name:
            self._expect("name")
        return self._claim(Form.CAN, subjects, objects, ports=ports, by_name=by_name)

    def _cannot(self, subjects: tuple[Ends, ...]) -> Claim:
        self._expect("reach")
        objects, ports = self._ends(), self._ports()
        through = self._take("even")
        if through:
            self._expect("through")
            self._expect("others")
        return self._claim(Form.CANNOT, subjects, objects, ports=ports, through_others=through)

    def _claim(
        self,
        form: Form,
        subjects: tuple[Ends, ...],
        objects: tuple[Ends, ...],
        *,
        ports: tuple[PortOf, ...] = (),
        by_name: bool = False,
        through_others: bool = False,
    ) -> Claim:
        return Claim(
            text=self.text,
            form=form,
            subjects=subjects,
            objects=objects,
            ports=ports,
            by_name=by_name,
            through_others=through_others,
        )

    def _ends(self) -> tuple[Ends, ...]:
        return tuple(self._series(self._end))

    def _ports(self) -> tuple[PortOf, ...]:
        return tuple(self._series(self._port)) if self._take("on") else ()

    def _series(self, one: Callable[[], T]) -> Iterator[T]:
        """One or more, joined by commas, `and` or `or`; a comma before `and` is fine."""
        yield one()
        while self._joins():
            yield one()

    def _joins(self) -> bool:
        comma = self._take(",")
        return self._take("and") or self._take("or") or comma

    def _end(self) -> Ends:
        end = self._bare_end()
        last = self.words[self.next - 1]
        return replace(end, width=last.position + len(last.text) - end.position)

    def _bare_end(self) -> Ends:
        word = self._word("a service, any, world, host, label or network")
        if word.text in ENDS:
            return Ends(sort=ENDS[word.text], position=word.position)
        if word.text in {"service", "network"} and self._name_follows():
            name = self._name(self._word(f"the name of a {word.text}"))
            return Ends(sort=Sort(word.text), name=name, position=word.position)
        if word.text == "label" and self._name_follows():
            return self._label(word)
        return Ends(sort=Sort.SERVICE, name=self._name(word), position=word.position)

    def _label(self, word: Word) -> Ends:
        key, equals, value = self._word("KEY=VALUE").text.partition("=")
        return Ends(sort=Sort.LABEL, name=key, value=value if equals else None, position=word.position)

    def _name_follows(self) -> bool:
        """So that a service called `network` can be named plainly."""
        word = self._peek()
        return word is not None and word.text not in JOINING and word.text not in KEYWORDS

    def _name(self, word: Word) -> str:
        service, colon, port = word.text.partition(":")
        if colon and NAME.match(service) and port[:1].isdecimal():
            raise self._error(word, f"write {service} on {port} for a port of it")
        if word.text in KEYWORDS or word.text in JOINING or not NAME.match(word.text):
            raise self._error(word, f"expected the name of a service, not {word.text!r}")
        return word.text

    def _port(self) -> PortOf:
        word = self._word("a port")
        number, slash, protocol = word.text.partition("/")
        if not number.isdecimal() or len(number) > _LONGEST_PORT or not 0 < int(number) < 65536:
            raise self._error(word, f"expected a port from 1 to 65535, not {word.text!r}")
        if slash and protocol not in PROTOCOLS:
            raise self._error(word, f"expected tcp, udp or sctp after the slash, not {protocol!r}")
        return PortOf(number=int(number), protocol=protocol or "tcp")

    def _peek(self) -> Word | None:
        return self.words[self.next] if self.next < len(self.words) else None

    def _take(self, *wanted: str) -> bool:
        """Reads the next word if it is one of these."""
        word = self._peek()
        if word is None or word.text not in wanted:
            return False
        self.next += 1
        return True

    def _word(self, what: str) -> Word:
        word = self._peek()
        if word is None:
            raise ClaimError(len(self.text.rstrip()), f"expected {what} at the end")
        self.next += 1
        return word

    def _expect(self, *wanted: str) -> None:
        if self._take(*wanted):
            return
        said = " or ".join(repr(one) for one in wanted)
        word = self._word(said)
        raise self._error(word, f"expected {said}, not {word.text!r}")

    def _error(self, word: Word, message: str) -> ClaimError:
        return ClaimError(word.position, message, len(word.text))
