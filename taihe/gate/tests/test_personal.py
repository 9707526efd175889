"""Personal letters: readable by the receiving zone only, and gone when they have arrived."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from taihe.gate.models import InLetter, OutLetter
from taihe.gate.tests import personal_story as story
from taihe.ground.outbox.models import OutboxMessage

from .pair import ASKER, Pair, Plea, post_letters

PLAIN = [story.NAME, story.TEXT, story.FILE_NAME, "门牌一百二十三号"]


def found_in(folder: Path, words: list[str]) -> set[str]:
    """Which of the words any file below a folder holds, as UTF-8 or as escaped JSON."""
    files = [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    assert files
    spellings = {word: (word.encode(), json.dumps(word)[1:-1].encode()) for word in words}
    return {word for word, both in spellings.items() if any(one in data for data in files for one in both)}


def tell(act: str, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "taihe.gate.tests.personal_story", act, str(folder)]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
    done = subprocess.run(command, env=kept, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.slow
def test_nothing_personal_is_left_in_the_database_or_any_folder(tmp_path: Path):
    house = tmp_path / "house"
    sealed = tell("post", house)
    assert found_in(house, PLAIN) == set(), "never plain, not even while it waits"
    _queued, *spooled = sealed
    assert found_in(house, sealed) >= set(spooled), "the ciphertext is there before the receipt, so the search finds"
    sealed += tell("settle", house)
    assert found_in(tmp_path / "before", sealed), "the log of a running database remembers"
    assert found_in(tmp_path / "after", PLAIN + sealed) == set()


@pytest.mark.django_db
def test_the_queue_holds_a_box_and_then_nothing(pair: Pair):
    post_letters(ASKER, [Plea(name=story.NAME, text=story.TEXT)])
    waiting = OutboxMessage.objects.get(kind="gate.seal")
    assert isinstance(waiting.payload["content"], str)
    pair.half.turn()
    waiting.refresh_from_db()
    assert waiting.payload == {}
    row = OutLetter.objects.get(kind="test.plea")
    assert row.personal and row.envelope
    pair.peer.acknowledge()
    pair.half.turn()
    row.refresh_from_db()
    assert bytes(row.envelope) == b""


@pytest.mark.django_db
def test_a_refused_personal_letter_is_forgotten_too(pair: Pair):
    pair.post(Plea(name=story.NAME, text=story.TEXT))
    pair.peer.acknowledge(refused={1: "gate.bad_body"})
    pair.half.turn()
    row = OutLetter.objects.get(kind="test.plea")
    assert (row.status, bytes(row.envelope)) == ("refused", b"")


@pytest.mark.django_db
def test_a_received_personal_letter_is_a_box_until_it_is_carried_out(pair: Pair):
    pair.peer.send(Plea(name=story.NAME, text=story.TEXT))
    pair.half.turn()
    row = InLetter.objects.get()
    assert isinstance(row.content, str) and story.NAME not in row.content
    pair.turn()
    row.refresh_from_db()
    assert pair.handled == [Plea(name=story.NAME, text=story.TEXT)]
    assert row.content is None
