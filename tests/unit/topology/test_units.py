"""Quantities and ports as people write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from topology import commandline, mounts, units
from topology.units import Misfit

READ: list[tuple[Callable[[str], object], str, object]] = [
    (units.whole, "8", 8),
    (units.whole, "-1", -1),
    (units.whole, "0o17", 15),
    (units.whole, "0x1F", 31),
    (units.whole, "017", 17),
    (units.number, "0.5", 0.5),
    (units.number, ".5", 0.5),
    (units.number, "2", 2.0),
    (units.truth, "true", True),
    (units.truth, "No", False),
    (units.duration, "1m30s", 90.0),
    (units.duration, "1.5s", 1.5),
    (units.duration, "500ms", 0.5),
    (units.duration, "0", 0.0),
    (units.size, "512", 512),
    (units.size, "512m", 512 * 1024**2),
    (units.size, "1.5g", 1536 * 1024**2),
    (units.size, "64KiB", 65536),
    (units.size, "10 mb", 10 * 1024**2),
    (units.address, "fd00:0::0010", "fd00::10"),
    (units.address, "::ffff:127.0.0.1", "127.0.0.1"),
    (units.subnet, "10.0.0.7/24", "10.0.0.0/24"),
    (units.port_range, "80", (80, 80)),
    (units.port_range, "80-90", (80, 90)),
]
REFUSED: list[tuple[Callable[[str], object], str]] = [
    (units.whole, "1.0"),
    (units.whole, "1_000"),
    (units.whole, ""),
    (units.whole, "9" * 5000),
    (units.number, "inf"),
    (units.number, "1e999"),
    (units.truth, "maybe"),
    (units.duration, "90"),
    (units.duration, "-1s"),
    (units.duration, "1m 30s"),
    (units.size, "lots"),
    (units.size, "-1m"),
    (units.address, "10.0.0.256"),
    (units.subnet, "10.0.0.0"),
    (units.port_range, "90-80"),
    (units.port_range, "65536"),
    (units.port_range, "²"),
    (commandline.words, 'echo "a'),
    (commandline.words, "a (b)"),
    (commandline.words, "a\\"),
]


@pytest.mark.parametrize(("read", "text", "value"), READ)
def test_a_quantity_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(("read", "text"), REFUSED)
def test_what_cannot_be_read_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(Misfit, match=r"^must "):
        read(text)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("80", [(None, None, 80, "tcp")]),
        ("8080:80", [(None, (8080, 8080), 80, "tcp")]),
        ("8080:80/udp", [(None, (8080, 8080), 80, "udp")]),
        ("127.0.0.1:8080:80", [("127.0.0.1", (8080, 8080), 80, "tcp")]),
        ("127.0.0.1::80", [("127.0.0.1", None, 80, "tcp")]),
        ("[::1]:8080:80", [("::1", (8080, 8080), 80, "tcp")]),
        ("0:80", [(None, None, 80, "tcp")]),
        ("8000-8002:80", [(None, (8000, 8002), 80, "tcp")]),
        ("8000-8001:80-81", [(None, (8000, 8000), 80, "tcp"), (None, (8001, 8001), 81, "tcp")]),
        ("80-81", [(None, None, 80, "tcp"), (None, None, 81, "tcp")]),
        ("22:22", [(None, (22, 22), 22, "tcp")]),
    ],
)
def test_a_port_in_short_form_is_read(text: str, ports: list[object]) -> None:
    assert list(units.published(text)) == ports


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nginx -g 'daemon off;'", ("nginx", "-g", "daemon off;")),
        ('sh -c "a && b"', ("sh", "-c", "a && b")),
        ("--x='a b' c", ("--x=a b", "c")),
        (r"a\ b", ("a b",)),
        ("echo $(date +%s) `id -u`", ("echo", "$(date +%s)", "`id -u`")),
        ("echo ''", ("echo", "")),
        ("  ", ()),
        ("a && b", ("a",)),
        ("a 2>b", ("a",)),
    ],
)
def test_a_command_line_is_split_as_compose_does(text: str, words: tuple[str, ...]) -> None:
    assert commandline.words(text) == words


def test_what_a_command_line_loses_is_known() -> None:
    assert commandline.cut("make && run") == "&& run"
    assert commandline.cut("echo 'a && b'") == ""


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("/data", {"type": "volume", "target": "/data"}),
        ("data:/data", {"type": "volume", "source": "data", "target": "/data"}),
        ("./x:/x:ro,Z", {"type": "bind", "source": "./x", "target": "/x", "read_only": True, "selinux": "Z"}),
        ("/x:/x:cached", {"type": "bind", "source": "/x", "target": "/x"}),
        ("data:/x:nocopy", {"type": "volume", "source": "data", "target": "/x", "nocopy": True}),
        ("C:\\x:/x", {"type": "bind", "source": "C:\\x", "target": "/x"}),
    ],
)
def test_a_mount_in_short_form_is_read(text: str, fields: dict[str, object]) -> None:
    assert mounts.parse(text) == fields


@pytest.mark.parametrize("text", ["a:b:c:d", "a:b", "::", "a:/b:zz", ""])
def test_a_mount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Misfit, match=r"^must "):
        mounts.parse(text)
