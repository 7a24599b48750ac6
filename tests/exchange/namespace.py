"""A network of its own: nothing in it can reach anything outside."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from typing import Final

_GET_FLAGS, _SET_FLAGS, _UP, _NEW_NETWORK = 0x8913, 0x8914, 1, 0x40000000
_REQUEST: Final = "16sh14s"  # struct ifreq, with the flags of the interface


def enter() -> None:
    """Move this process and its children into a network namespace with only the loopback. Raises `OSError`."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        found = struct.unpack(_REQUEST, fcntl.ioctl(asked, _GET_FLAGS, struct.pack(_REQUEST, b"lo", 0, b"")))
        fcntl.ioctl(asked, _SET_FLAGS, struct.pack(_REQUEST, b"lo", found[1] | _UP, b""))
