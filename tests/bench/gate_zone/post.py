"""``python -m tests.bench.gate_zone.post COUNT PAUSE``: posts COUNT letters from the inner zone.

Without a pause as fast as it goes, two hundred to an action; with one, a letter of each lane every PAUSE seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from taihe.zones import prepare

TEXT = "演示内容，约一页纸。" * 100
AT_ONCE = 200


def main(count: int, pause: float) -> None:
    prepare.enter("inner")
    from taihe.gate.posting import post
    from taihe.ground import clock
    from taihe.ground.action import action, record
    from taihe.ground.actor import Actor

    from .letters import SHAPES, Normal, Parcel

    @action("bench.post")
    def send(actor: Actor, letters: Iterable[Parcel]) -> None:
        for one in letters:
            post(one)
        record(("letters", "1", "bench"))

    def made(shape: type[Parcel], number: int) -> Parcel:
        return shape(number=number, posted_at=clock.now(), text=TEXT)

    caller = Actor.system("量测")
    if pause:
        for number in range(count):
            for shape in SHAPES:
                send(caller, [made(shape, number)])
            time.sleep(pause)
        return
    for first in range(0, count, AT_ONCE):
        send(caller, [made(Normal, number) for number in range(first, min(first + AT_ONCE, count))])


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
