"""How much a service may read from and write to block devices."""

from __future__ import annotations

from topology.forms import Bytes, Count
from topology.models.base import Model


class DeviceWeight(Model):
    """A device's share beside others, 10 to 1000."""

    path: str
    weight: Count


class DeviceBytes(Model):
    """The most bytes a second at a device."""

    path: str
    rate: Bytes


class DeviceOperations(Model):
    """The most operations a second at a device."""

    path: str
    rate: Count


class Blkio(Model):
    """Shares and limits at block devices."""

    weight: Count | None = None
    weight_device: tuple[DeviceWeight, ...] = ()
    device_read_bps: tuple[DeviceBytes, ...] = ()
    device_read_iops: tuple[DeviceOperations, ...] = ()
    device_write_bps: tuple[DeviceBytes, ...] = ()
    device_write_iops: tuple[DeviceOperations, ...] = ()
