"""Addresses and names of the things of a stack."""

from __future__ import annotations

import pytest

from reconciler import address
from reconciler.address import Address, Kind


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (address.service("web", 2), "service.web[2]"),
        (address.service("my.odd-name_1", 10), "service.my.odd-name_1[10]"),
        (address.network("db_nw"), "network.db_nw"),
        (address.volume("data"), "volume.data"),
        (address.stack("shop"), "stack.shop"),
    ],
)
def test_an_address_reads_back_as_it_is_written(at: Address, text: str) -> None:
    assert str(at) == text
    assert Address.parse(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "web",
        "service.",
        "service.[1]",
        "service.web[]",
        "service.web[one]",
        "service.web[1",
        "pod.web[1]",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert Address.parse(text) is None


def test_networks_come_before_volumes_before_services_and_replicas_count() -> None:
    wanted = ["network.z", "volume.b", "service.a[1]", "service.a[2]", "service.a[10]", "service.b[1]"]
    found = [at for text in reversed(wanted) if (at := Address.parse(text)) is not None]
    assert [str(at) for at in sorted(found, key=lambda at: at.order)] == wanted


def test_things_are_called_as_compose_calls_them() -> None:
    assert address.container_name("shop", "web", 2) == "shop-web-2"
    assert address.shared_name("shop", "db_nw") == "shop_db_nw"


def test_a_temporary_name_is_the_same_for_the_same_successor_and_differs_for_another() -> None:
    name = address.temporary_name("shop-web-1", "spec and id")
    assert name == address.temporary_name("shop-web-1", "spec and id")
    assert name != address.temporary_name("shop-web-1", "another spec and id")
    assert name.startswith("shop-web-1.")


def test_kinds_stand_in_the_order_in_which_plans_list_them() -> None:
    said = [Kind.NETWORK, Kind.VOLUME, Kind.SECRET, Kind.CONFIG, Kind.SERVICE, Kind.STACK]
    assert list(Kind) == said
