"""The journal: what was changed in place, written into a volume's labels and read back."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import address, journal
from reconciler.record import digest
from reconciler.state import Desired, Journal, LiveUnit, Spec, Status, Unit

AT = address.service("web", 1)
SPECS: dict[str, Spec] = {"id1": {"image": "nginx", "mem_limit": 64}, "id2": {"networks": {"ñ": {}}}}


def desired(**spec: Any) -> Desired:
    unit = Unit(address=AT, name="shop-web-1", spec={"image": "nginx", **spec})
    return Desired(stack="shop", owner="me", units={AT: unit})


def live(identity: str, made: Spec | None) -> LiveUnit:
    return LiveUnit(
        address=AT, id=identity, name="shop-web-1", spec={}, recorded=None, made=made, status=Status.RUNNING
    )


def volume(number: object, text: str = "", **labels: str) -> dict[str, Any]:
    said = {"topo.stack": "shop", "topo.owner": "me", "topo.journal": str(number), "topo.specs": text}
    return {"Name": f"topo.journal.shop.{number}", "Labels": {**said, **labels}}


def written(specs: dict[str, Spec], before: Journal = Journal()) -> dict[str, Any]:  # noqa: B008  # frozen
    return journal.body(desired(), before, specs)


def test_what_is_written_is_read_back() -> None:
    assert journal.read([written(SPECS)], "shop", "me") == Journal(
        names=("topo.journal.shop.1",), specs=SPECS
    )


def test_the_newest_counts_by_number_and_not_by_spelling() -> None:
    ninth = Journal(names=("topo.journal.shop.9",))
    old, new = (
        written({"id1": {"image": "old"}}, Journal(names=("topo.journal.shop.8",))),
        written(SPECS, ninth),
    )
    found = journal.read([new, old], "shop", "me")
    assert found.names == ("topo.journal.shop.9", "topo.journal.shop.10")
    assert found.specs == SPECS


def test_a_new_journal_carries_its_owner_so_that_it_can_be_removed_with_the_rest() -> None:
    labels = written({})["Labels"]
    assert (labels["topo.stack"], labels["topo.owner"], labels["topo.journal"]) == ("shop", "me", "1")


def test_the_journals_of_others_are_not_read() -> None:
    others = [
        volume(1, **{"topo.owner": "other"}),
        volume(2, **{"topo.stack": "other"}),
        volume("seven"),
        {"Name": "data", "Labels": None},
        {"Name": "topo.journal.shop.3", "Labels": {}},
    ]
    assert journal.read(others, "shop", "me") == Journal()


@pytest.mark.parametrize("garbage", ["", "!", "YWJj", "eJwDAAAAAAE=", "eJxLBAAAYgBi"])
def test_a_journal_that_cannot_be_read_says_nothing_but_is_there(garbage: str) -> None:
    found = journal.read([volume(4, garbage)], "shop", "me")
    assert found == Journal(names=("topo.journal.shop.4",))


def test_a_journal_of_something_else_says_nothing() -> None:
    text = written([])["Labels"]["topo.specs"]  # type: ignore[arg-type]  # that is the point
    assert journal.read([volume(1, text)], "shop", "me").specs == {}


def test_only_what_labels_do_not_tell_is_due() -> None:
    units = [live("same", {"image": "nginx", "mem_limit": 64}), live("moved", {"image": "nginx"})]
    assert journal.due(desired(mem_limit=64), units) == {"moved": {"image": "nginx", "mem_limit": 64}}


def test_what_is_no_longer_wanted_is_not_due() -> None:
    gone = LiveUnit(
        address=address.service("gone", 1), id="x", name="x", spec={}, recorded=None, status=Status.RUNNING
    )
    assert journal.due(desired(), [gone]) == {}


def test_secrets_stand_in_a_journal_as_digests() -> None:
    specs = journal.due(desired(environment={"PASSWORD": "hunter2"}), [live("one", None)])
    assert specs["one"]["environment"] == {"PASSWORD": digest("shop", "hunter2")}
