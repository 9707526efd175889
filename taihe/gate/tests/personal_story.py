"""A program of its own, since only a real database file shows what is left in it.

``python -m taihe.gate.tests.personal_story post|settle FOLDER`` (outer zone, data below FOLDER): posts a
personal letter with an attachment, then lets it be acknowledged and a personal letter of the other zone
be carried out.  Prints pieces of the ciphertext as JSON.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

NAME, TEXT = "演示人甲乙丙", "来信内容演示十七号桥头路灯不亮"
FILE = "附件演示文字门牌一百二十三号。\n".encode() * 200
FILE_NAME = "演示人甲乙丙的材料.txt"


def enter(folder: Path) -> None:
    os.environ |= {
        "TAIHE_ZONE": "outer",
        "TAIHE_MODE": "test",
        "TAIHE_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "taihe.zones.settings.outer",
    }
    import django

    django.setup()


def stand(folder: Path) -> Any:
    """The pair on this folder, with the test letters on the whitelist."""
    from taihe.gate import handlers
    from taihe.gate.half import Half
    from taihe.gate.letters import base
    from taihe.gate.setup import gate_setup
    from taihe.gate.tests.pair import Pair, Peer, Plea, introduce, make_ring

    own, other = make_ring(folder / "outer" / "keys"), make_ring(folder / "elsewhere" / "keys")
    introduce(own, other, "inner")
    introduce(other, own, "outer")
    base.letter(Plea)
    handled: list[Any] = []
    handlers.receives(Plea)(lambda letter, files: handled.append([letter, *(one.open().read() for one in files)]))
    return Pair(gate_setup(), Half(gate_setup()), Peer(gate_setup(), other), handled)


def post(pair: Any, _folder: Path) -> None:
    from taihe.gate.enclosures import prepare
    from taihe.gate.models import OutLetter
    from taihe.gate.tests.pair import ASKER, Plea, post_letters
    from taihe.ground.outbox.models import OutboxMessage

    ready = prepare(io.BytesIO(FILE), Plea, name=FILE_NAME, mime="text/plain")
    post_letters(ASKER, [Plea(name=NAME, text=TEXT)], [ready])
    box = OutboxMessage.objects.get(kind="gate.seal").payload["content"]
    pair.half.turn()
    token = bytes(OutLetter.objects.get(kind="test.plea").envelope).decode()
    part = next(pair.setup.out.glob("*.part")).read_text()
    sys.stdout.write(json.dumps([box[300:380], token[600:680], part[500:580]]))


def settle(pair: Any, folder: Path) -> None:
    from taihe.gate.jobs import erase
    from taihe.gate.sweeping import sweep
    from taihe.gate.tests.pair import Plea

    pair.peer.acknowledge()
    pair.peer.send(Plea(name=NAME, text=TEXT), files=[pair.peer.pack(FILE, FILE_NAME, personal=True)])
    (letter,) = pair.setup.incoming.glob("*.letter")
    token = letter.read_text()
    pair.turn()
    assert pair.handled == [[Plea(name=NAME, text=TEXT), FILE]]
    sweep(pair.setup)
    shutil.copytree(folder, folder.parent / "before")  # the log still holds what the tables forgot
    erase()
    shutil.copytree(folder, folder.parent / "after")
    sys.stdout.write(json.dumps([token[600:680]]))


def main() -> None:
    act, folder = sys.argv[1], Path(sys.argv[2])
    enter(folder)
    from django.core.management import call_command

    if act == "post":
        (folder / "outer").mkdir(parents=True)
        for app in ("ground_audit", "ground_outbox", "gate"):
            call_command("migrate", app, interactive=False, verbosity=0)
    {"post": post, "settle": settle}[act](stand(folder), folder)


if __name__ == "__main__":
    main()
