"""Rows for what a container may use of memory, processors and block devices.

What `update` cannot lift is lifted by a replacement. Memory and swap always go together: a limit above the
old swap is refused alone (20.10 to 28.5).
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields.row import Body, Field, Site, attribute, exact, host, in_place, unless_lifted
from reconciler.state import ImageConfig, Spec

NANO: Final = 1_000_000_000


def _memory(_value: Any, spec: Spec) -> Body:
    size = spec.get("mem_limit") or 0
    return {"Memory": size, "MemorySwap": spec.get("memswap_limit") or 2 * size}


def _usual_swap(body: Body, size: int) -> None:
    body["HostConfig"].update(Memory=size, MemorySwap=2 * size)


def _swap(inspected: Body, _image: ImageConfig) -> int | None:
    """Unset, the Engine gives as much swap as memory."""
    memory, swap = inspected["HostConfig"].get("Memory") or 0, inspected["HostConfig"].get("MemorySwap") or 0
    return None if swap == 2 * memory else swap


def _expected_swap(spec: Spec, _image: ImageConfig) -> Any:
    wanted = spec.get("memswap_limit")
    return None if wanted == 2 * (spec.get("mem_limit") or 0) else wanted


_BLKIO: Final = {
    "device_read_bps": "BlkioDeviceReadBps",
    "device_read_iops": "BlkioDeviceReadIOps",
    "device_write_bps": "BlkioDeviceWriteBps",
    "device_write_iops": "BlkioDeviceWriteIOps",
}


def _wanted_blkio(site: Site) -> dict[str, Any] | None:
    """Shares as `weight` and `weight_device`, limits by device."""
    blkio = site.service.blkio_config
    if blkio is None:
        return None
    found: dict[str, Any] = {
        "weight": blkio.weight,
        "weight_device": {one.path: one.weight for one in blkio.weight_device},
    }
    found |= {name: {one.path: one.rate for one in getattr(blkio, name)} for name in _BLKIO}
    return {name: value for name, value in found.items() if value} or None


def _write_blkio(body: Body, value: dict[str, Any]) -> None:
    sent: Body = {"BlkioWeight": value["weight"]} if "weight" in value else {}
    if "weight_device" in value:
        pairs = sorted(value["weight_device"].items())
        sent["BlkioWeightDevice"] = [{"Path": path, "Weight": weight} for path, weight in pairs]
    for name, key in _BLKIO.items():
        if name in value:
            sent[key] = [{"Path": path, "Rate": rate} for path, rate in sorted(value[name].items())]
    body["HostConfig"].update(sent)


def _read_blkio(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    raw = inspected["HostConfig"]
    found: dict[str, Any] = {
        "weight": raw.get("BlkioWeight"),
        "weight_device": {one["Path"]: one["Weight"] for one in raw.get("BlkioWeightDevice") or ()},
    }
    found |= {name: {one["Path"]: one["Rate"] for one in raw.get(key) or ()} for name, key in _BLKIO.items()}
    return {name: value for name, value in found.items() if value} or None


LIMITS: Final[tuple[Field, ...]] = (
    Field(
        name="mem_limit",
        want=attribute("mem_limit"),
        write=_usual_swap,
        read=lambda inspected, _image: inspected["HostConfig"].get("Memory") or None,
        reach=unless_lifted,
        update=_memory,
    ),
    Field(
        name="memswap_limit",
        want=attribute("memswap_limit"),
        write=lambda body, value: body["HostConfig"].update(MemorySwap=value),
        read=_swap,
        expect=_expected_swap,
        reach=in_place,
        update=_memory,
    ),
    host(
        "mem_reservation",
        "MemoryReservation",
        reach=unless_lifted,
        update=lambda value, _spec: {"MemoryReservation": value or 0},
    ),
    exact("mem_swappiness", "MemorySwappiness", unset=(None, -1)),
    host(
        "cpus",
        "NanoCpus",
        encode=lambda value: round(value * NANO),
        decode=lambda value: value / NANO,
        reach=unless_lifted,
        update=lambda value, _spec: {"NanoCpus": round((value or 0) * NANO)},
    ),
    host(
        "cpu_shares",
        "CpuShares",
        reach=unless_lifted,
        update=lambda value, _spec: {"CpuShares": value or 0},
    ),
    host(
        "cpuset",
        "CpusetCpus",
        reach=unless_lifted,
        update=lambda value, _spec: {"CpusetCpus": value or ""},
    ),
    host("cpu_period", "CpuPeriod"),
    host("cpu_quota", "CpuQuota"),
    host("cpu_rt_period", "CpuRealtimePeriod"),
    host("cpu_rt_runtime", "CpuRealtimeRuntime"),
    host(
        "pids_limit",
        "PidsLimit",
        decode=lambda value: value if value > 0 else None,
        reach=in_place,
        update=lambda value, _spec: {"PidsLimit": value or 0},
    ),
    Field(name="blkio_config", want=_wanted_blkio, write=_write_blkio, read=_read_blkio, keyed=True),
)
