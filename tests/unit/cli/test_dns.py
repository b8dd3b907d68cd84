"""Names for outside: how they are written, and that they follow what changes."""

from __future__ import annotations

import threading
import time

from cli.commands.dns import follow
from cli.render.ink import PLAIN, Look
from cli.render.names import dnsmasq, hosts
from cli.report.names import Names, Record
from cli.watching.inbox import Happened, Inbox, Lost, Stop
from reconciler.errors import EngineError, Unavailable

LOOK = Look(PLAIN, quiet=True)


def names(*addresses: str) -> Names:
    records = (Record(address=one, names=("shop.web", "shop-web-1")) for one in addresses)
    return Names(stack="shop", records=tuple(records))


def test_hosts_has_a_line_for_each_address() -> None:
    assert hosts(names("10.0.0.2", "fd00::2"), LOOK) == (
        "10.0.0.2\tshop.web shop-web-1\nfd00::2\tshop.web shop-web-1"
    )


def test_dnsmasq_has_records_that_add_up() -> None:
    assert dnsmasq(names("10.0.0.2"), LOOK) == "host-record=shop.web,shop-web-1,10.0.0.2"


def followed(*seen: Names | EngineError) -> tuple[list[Names], list[str]]:
    """What is told and warned of while the engine shows one thing after the other."""
    inbox, told, warned = Inbox(), list[Names](), list[str]()
    left = list(seen)

    def look() -> Names:
        now = left.pop(0)
        inbox.put(Happened({}) if left else Stop())
        if isinstance(now, EngineError):
            raise now
        return now

    follow(inbox, look=look, renew=lambda: None, tell=told.append, warn=warned.append)
    return told, warned


def test_names_are_told_again_only_when_they_have_changed() -> None:
    one, two = names("10.0.0.2"), names("10.0.0.3")
    assert followed(one, one, two, two, one) == ([one, two, one], [])


def test_an_engine_that_does_not_answer_is_met_anew_though_nothing_more_is_heard_of_it() -> None:
    inbox, told, warned = Inbox(), list[Names](), list[str]()
    faults: list[EngineError] = [Unavailable("it is another release"), Unavailable("it is away")]

    def look() -> Names:
        if faults:
            raise faults.pop()
        inbox.put(Stop())
        return names("10.0.0.2")

    follow(inbox, look=look, renew=faults.clear, tell=told.append, warn=warned.append)
    assert (told, warned) == ([names("10.0.0.2")], ["it is away"])


def test_events_without_an_end_do_not_keep_it_from_looking() -> None:
    inbox, ended = Inbox(), threading.Event()
    looks: list[float] = []

    def happen() -> None:
        for _ in range(100):
            inbox.put(Happened({}))
            if ended.wait(0.05):
                return
        inbox.put(Stop())

    def look() -> Names:
        looks.append(time.monotonic())
        if len(looks) == 2:
            ended.set()
            inbox.put(Stop())
        return names()

    threading.Thread(target=happen, daemon=True).start()
    follow(inbox, look=look, renew=lambda: None, tell=lambda _: None, warn=lambda _: None)
    assert len(looks) == 2


def test_a_connection_that_is_cut_is_told_of() -> None:
    inbox, warned = Inbox(), list[str]()
    inbox.put(Lost(Unavailable("it was cut")))
    inbox.put(Stop())
    follow(inbox, look=names, renew=lambda: None, tell=lambda _: None, warn=warned.append)
    assert warned == ["it was cut"]
