"""What a stack says for all its services at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.findings import StackError
from topology.load import load
from topology.load.defaults import applied
from topology.models import Stack

TEXT = """\
name: shop
services:
  web:
    image: nginx
    ports: ["80", "8080:80", "0.0.0.0:81:80", "127.0.0.1:82:80"]
    networks: {front: {aliases: [www]}, back: }
  lone: {image: nginx, network_mode: none}
networks: {front: , back: }
"""


def stack(*lines: str) -> Stack:
    text = TEXT + "".join(f"{line}\n" for line in lines)
    return load(["-"], environ={}, directory=Path("/srv"), stdin=text).stack


def aliases(stack: Stack) -> dict[str, tuple[str, ...]]:
    return {name: one.aliases for name, one in stack.services["web"].networks.items()}


def test_dns_gives_each_service_a_long_name_on_every_network() -> None:
    assert aliases(stack("dns: {}")) == {"front": ("www", "shop.web"), "back": ("shop.web",)}
    both = ("shop.web", "shop.web.svc.cluster.local")
    assert aliases(stack("dns: {suffix: .svc.cluster.local}")) == {"front": ("www", *both), "back": both}


def test_without_dns_there_are_no_further_names() -> None:
    assert aliases(stack()) == {"front": ("www",), "back": ()}


def test_ports_without_an_address_get_the_default_one() -> None:
    ports = stack("publish_default: 10.0.0.1").services["web"].ports
    assert [port.host_ip for port in ports] == ["10.0.0.1", "10.0.0.1", "0.0.0.0", "127.0.0.1"]  # noqa: S104  # what the engine shows


def test_applying_twice_changes_nothing_more() -> None:
    once = stack("dns: {suffix: local}", "publish_default: 10.0.0.1")
    assert applied(once) == once


@pytest.mark.parametrize("line", ["dns: {suffix: -x}", "dns: {suffix: a..b}", "publish_default: eth0"])
def test_what_is_neither_a_suffix_nor_an_address_is_refused(line: str) -> None:
    with pytest.raises(StackError):
        stack(line)
