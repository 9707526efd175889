"""How often one network address may search: enough for a village behind one line, too little for a machine."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from taihe.ground.errors import CountyError
from taihe.ground.rules import rule

from .errors import SearchTooFast

SECONDS = 60.0
MOST_ADDRESSES = 50_000


def network_of(address: str) -> str:
    """The address by which a visitor is counted: an IPv6 home is counted as one, by its /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


class Pace:
    """Counts requests per network address and minute, in this process only; nothing is kept of anybody.

    `key` is the rule of the most per minute, `refusal` what is raised beyond it; searches by default.
    """

    def __init__(
        self, key: str = "portal.searches_per_minute", refusal: Callable[[], CountyError] = SearchTooFast
    ) -> None:
        self.key, self.refusal = key, refusal
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._minute = -1

    def step(self, address: str) -> None:
        """Count one request.  Raises the refusal beyond the rule's figure."""
        key, minute = network_of(address), int(time.monotonic() // SECONDS)
        with self._lock:
            if minute != self._minute or len(self._counts) >= MOST_ADDRESSES:
                self._counts.clear()
                self._minute = minute
            self._counts[key] += 1
            count = self._counts[key]
        if count > rule(self.key):
            raise self.refusal()


pace = Pace()
