"""What a line to a device asks of the system: each command at once, and none that waits for a network to come back."""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

UNHEARD_MS = 1500  # a command that no machine has taken by then is thrown away, and the line with it


def now_or_never(opened: Any) -> None:
    """Send each command at once, and let none wait in the system's own queue for a network that comes back.

    Without this a network away for some seconds delivers an old ON when it is there again, after the plug has gone off
    by its own timer; and the pause of Nagle's algorithm costs 40 to 90 ms. Not every system knows each of the wishes:
    there the plug's own timer bounds what an old ON does.
    """
    wishes: list[tuple[int, int | None, int | bytes]] = [
        (socket.IPPROTO_TCP, getattr(socket, "TCP_NODELAY", None), 1),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_USER_TIMEOUT", None), UNHEARD_MS),
        (socket.SOL_SOCKET, getattr(socket, "SO_LINGER", None), struct.pack("ii", 1, 0)),  # nothing outlives the line
    ]
    for level, wish, value in wishes:
        if wish is not None:
            with contextlib.suppress(OSError, AttributeError):
                opened.setsockopt(level, wish, value)
