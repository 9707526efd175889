"""Attachments travel first and in parts; a letter waits for them; what is not clean never gets in."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from taihe.gate import enclosures, handlers, sweeping
from taihe.gate.enclosures import join, part_names, prepare, unbox
from taihe.gate.errors import CannotPost
from taihe.gate.models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from taihe.ground.files.errors import FileTooLarge
from taihe.ground.signing import UnknownKey

from .pair import ASKER, Bell, Note, Pair, Parcel, Plea, aged, post_letters

pytestmark = pytest.mark.django_db
TEXT = "县政府办公室关于印发演示方案的通知。\n".encode() * 400


def eicar() -> bytes:
    """The harmless antivirus test string, put together only in memory."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE!$H+H*"


@pytest.fixture
def got(monkeypatch) -> list[tuple[str, bytes]]:
    """Names and bytes that the handlers of parcels and pleas read."""
    seen: list[tuple[str, bytes]] = []

    def read(letter, files) -> None:
        for one in files:
            with one.open() as source:
                seen.append((one.name, source.read()))

    monkeypatch.setitem(handlers._handlers, "test.parcel", read)
    monkeypatch.setitem(handlers._handlers, "test.plea", read)
    return seen


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(enclosures, "_parts_of", lambda size: max(1, -(-size // 4000)))


def everything_below(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_an_attachment_comes_in_whole_and_leaves_nothing(pair: Pair, got, parts, django_capture_on_commit_callbacks):
    pair.peer.send(Parcel(number=1), files=[pair.peer.pack(TEXT, "通知.txt", "text/plain", parts=parts)])
    with django_capture_on_commit_callbacks(execute=True):
        pair.turn()
    assert got == [("通知.txt", TEXT)]
    assert list(pair.setup.incoming.iterdir()) == []
    assert everything_below(pair.setup.folder) == []


def test_an_empty_attachment_is_an_attachment(pair: Pair, got):
    pair.peer.send(Parcel(), files=[pair.peer.pack(b"", "空.txt", parts=1)])
    pair.turn()
    assert got == [("空.txt", b"")] or Quarantined.objects.get().code == "gate.bad_attachment"


def test_a_letter_waits_until_its_parts_are_there_and_holds_up_only_its_lane(pair: Pair, got):
    carried, enclosure = pair.peer.pack(TEXT, "通知.txt", arrive=False)
    pair.peer.send(Parcel(number=1), files=[(carried, enclosure)])
    pair.peer.send(Parcel(number=2))
    pair.peer.send(Bell(number=3))
    pair.turn()
    assert (got, pair.numbers()) == ([], [3])
    assert LaneState.objects.get(direction="in", lane="bulk").gap_next == 1
    for name in reversed(part_names(carried)):
        pair.turn()
        (pair.setup.incoming / name).write_bytes(pair.peer.parts[name])
    pair.turn()
    assert got == [("通知.txt", TEXT)]
    assert LaneState.objects.get(direction="in", lane="bulk").sequence == 2


@pytest.mark.parametrize("fault", ["changed", "longer", "shorter"])
def test_damaged_parts_are_thrown_away_and_asked_for_again(pair: Pair, got, fault):
    carried, enclosure = pair.peer.pack(TEXT, "通知.txt")
    pair.peer.send(Parcel(), files=[(carried, enclosure)])
    first, second, _ = (pair.setup.incoming / name for name in part_names(carried))
    if fault == "changed":
        first.write_bytes(first.read_bytes()[::-1])
    elif fault == "longer":
        first.write_bytes(first.read_bytes() + b"x")
        second.write_bytes(second.read_bytes()[1:])
    else:
        first.write_bytes(b"")
        second.write_bytes(pair.peer.parts[second.name] + pair.peer.parts[first.name])
    pair.turn()
    assert got == []
    assert not Quarantined.objects.exists(), "the letter itself is sound"
    assert Alarm.objects.get(kind="parts").subject == "bulk"
    assert not first.exists() and not second.exists()
    for name, data in pair.peer.parts.items():
        (pair.setup.incoming / name).write_bytes(data)
    pair.turn()
    assert got == [("通知.txt", TEXT)]


def test_two_letters_may_carry_the_same_file(pair: Pair, got):
    packed = pair.peer.pack(TEXT, "通知.txt")
    pair.peer.send(Parcel(number=1), files=[packed])
    pair.peer.send(Parcel(number=2), files=[packed])
    pair.turn()
    assert got == [("通知.txt", TEXT)] * 2


@pytest.mark.parametrize("personal", [False, True])
def test_malware_is_quarantined_and_takes_its_number(pair: Pair, got, personal):
    shape = Plea(name="演示甲", text="乙") if personal else Parcel()
    packed = [pair.peer.pack(TEXT, "好.txt", personal=personal), pair.peer.pack(eicar(), "私事.txt", personal=personal)]
    pair.peer.send(shape, files=packed)
    pair.turn()
    row = Quarantined.objects.get()
    assert (row.code, row.consumed) == ("gate.bad_attachment", True)
    assert ("私事" in row.sentence) is not personal, "the name of a personal attachment is told to nobody"
    assert pair.peer.receipts()[shape.LANE]["refused"] == {"1": "gate.bad_attachment"}
    assert got == []
    assert not [one for one in everything_below(pair.setup.folder) if eicar() in one.read_bytes()]
    assert list(pair.setup.incoming.iterdir()) == []


def test_a_secret_mark_is_an_incident_and_its_content_is_not_kept(pair: Pair, got):
    secret = "绝密★20年\n演示内容，并非真实秘密。".encode()
    pair.peer.send(Parcel(), files=[pair.peer.pack(secret, "a.txt")])
    pair.turn()
    row = Quarantined.objects.get()
    assert row.code == "gate.secret_mark"
    assert hashlib.sha256(secret).hexdigest() in row.sentence
    assert not [one for one in everything_below(pair.setup.folder) if secret in one.read_bytes()]


def test_what_a_person_must_look_at_is_put_by(pair: Pair, got):
    formula = b"name,value\n\"=cmd|' /C calc'!A0\",1\n"
    packed = [pair.peer.pack(TEXT, "好.txt"), pair.peer.pack(formula, "表.csv")]
    pair.peer.send(Parcel(), files=packed)
    pair.turn()
    row = Quarantined.objects.get()
    assert row.code == "gate.held_attachment"
    assert row.files == [enclosure.sha256 for _, enclosure in packed]
    assert all(pair.setup.held_files.exists(one) for one in row.files)
    assert not InLetter.objects.exists()


def test_a_letter_whose_content_and_attachments_disagree_is_stopped(pair: Pair, got):
    (carried, enclosure), (_, other) = pair.peer.pack(TEXT, "甲.txt"), pair.peer.pack(TEXT + b"x", "乙.txt")
    pair.peer.send(Parcel(), files=[(carried, other)])
    pair.peer.send(Parcel(), files=[(carried, enclosure)], attachments=())
    pair.peer.send(Note(text="没有附件的信"), files=[pair.peer.pack(b"x", "丙.txt")])
    pair.peer.send(Parcel(), files=[(carried, enclosure.model_copy(update={"size": 10**6}))])
    pair.turn()
    codes = list(Quarantined.objects.order_by("id").values_list("code", flat=True))
    assert sorted(codes) == ["gate.bad_attachment", "gate.bad_body", "gate.bad_body", "gate.bad_body"]


def test_personal_attachments_come_in_boxed(pair: Pair, got):
    pair.peer.send(Plea(name="演示甲", text="乙"), files=[pair.peer.pack(TEXT, "身份.txt", personal=True)])
    pair.turn()
    assert got == [("身份.txt", TEXT)]


def test_a_personal_attachment_that_is_not_boxed_is_stopped(pair: Pair, got):
    pair.peer.send(Plea(name="演示甲", text="乙"), files=[pair.peer.pack(TEXT, "身份.txt")])
    pair.turn()
    assert Quarantined.objects.get().code == "gate.bad_attachment"


# Sending ---------------------------------------------------------------------------------------


def test_attachments_go_out_in_parts_before_their_letter(pair: Pair, small_parts, tmp_path):
    ready = prepare(io.BytesIO(TEXT), Parcel, name="通知.txt", mime="text/plain")
    pair.post(Parcel(number=1), files=[ready])
    (sent,) = pair.peer.arrived()
    (carried,) = sent.header.attachments
    assert carried.parts == -(-len(TEXT) // 4000)
    assert all((pair.setup.out / name).stat().st_size <= 4000 for name in part_names(carried))
    with (tmp_path / "joined").open("w+b") as target:
        assert join(pair.setup.out, carried, target)
        target.seek(0)
        assert target.read() == TEXT
    assert sent.content == {"body": {"number": 1}, "enclosures": [ready.enclosure.model_dump()]}
    pair.peer.acknowledge()
    pair.turn()
    assert [one.suffix for one in pair.setup.out.iterdir()] in ([], [".receipt"])
    assert pair.setup.outgoing_files.exists(carried.sha256), "kept for a receiver that is restored"


def test_a_lost_part_is_sent_again_with_its_letter(pair: Pair, small_parts):
    from datetime import timedelta

    from taihe.ground import clock

    pair.post(Parcel(number=1), files=[prepare(io.BytesIO(TEXT), Parcel, name="通知.txt", mime="")])
    for file in list(pair.setup.out.iterdir()):
        file.unlink()
    with clock.moved(timedelta(seconds=40)):
        pair.half.turn()
    (sent,) = pair.peer.arrived()
    assert all((pair.setup.out / name).exists() for name in part_names(sent.header.attachments[0]))


def test_personal_attachments_leave_boxed_and_go_with_the_receipt(pair: Pair, small_parts, tmp_path):
    ready = prepare(io.BytesIO(TEXT), Plea, name="身份.txt", mime="text/plain")
    pair.post(Plea(name="演示甲", text="乙"), files=[ready])
    (sent,) = pair.peer.arrived()
    (carried,) = sent.header.attachments
    spooled = b"".join((pair.setup.out / name).read_bytes() for name in part_names(carried))
    kept = b"".join(one.read_bytes() for one in everything_below(pair.setup.folder))
    for place in range(0, len(TEXT), 997):
        assert TEXT[place : place + 40] not in spooled + kept
    box, plain = tmp_path / "box", tmp_path / "plain"
    with box.open("w+b") as target:
        assert join(pair.setup.out, carried, target)
    with box.open("rb") as source, plain.open("w+b") as target:
        unbox(source, target, pair.peer.ring, len(TEXT))
    assert plain.read_bytes() == TEXT
    with box.open("rb") as source, plain.open("w+b") as target, pytest.raises(UnknownKey):
        unbox(source, target, pair.setup.ring, len(TEXT))
    pair.peer.acknowledge()
    pair.turn()
    assert not [one for one in everything_below(pair.setup.out) if one.suffix != ".receipt"]
    assert everything_below(pair.setup.folder) == []
    assert bytes(OutLetter.objects.get(kind="test.plea").envelope) == b""


def test_limits_are_told_to_the_person_who_posts(pair: Pair):
    with pytest.raises(FileTooLarge):
        prepare(io.BytesIO(b"x" * 200_001), Parcel, name="大.txt", mime="")
    with pytest.raises(FileTooLarge):
        prepare(io.BytesIO(b"x" * 2_000_000), Plea, name="大.txt", mime="")
    just_over = prepare(io.BytesIO(b"x" * 200_001), Plea, name="大.txt", mime="")
    one = prepare(io.BytesIO(b"x"), Parcel, name="小.txt", mime="")
    for letter, files in (
        (Plea(name="甲", text="乙"), [just_over]),
        (Parcel(), [one] * 4),
        (Note(text="甲"), [one]),
        (Note(text="长" * 2000), []),
    ):
        with pytest.raises(CannotPost):
            post_letters(ASKER, [letter], files)
    assert not OutLetter.objects.exists()


def test_what_no_letter_needs_is_swept_away(pair: Pair, small_parts):
    posted = prepare(io.BytesIO(TEXT), Parcel, name="通知.txt", mime="")
    forgotten = prepare(io.BytesIO(TEXT + b"x"), Parcel, name="没有寄出.txt", mime="")
    post_letters(ASKER, [Parcel()], [posted])
    orphan = pair.drop("0" * 64 + "-1of2.part", b"x", seconds_old=25 * 3600)
    young = pair.drop("1" * 64 + "-1of2.part", b"x", seconds_old=3600)
    half_written = pair.setup.out / ".urgent-x.letter.new"
    half_written.write_bytes(b"x")
    aged(half_written)
    for one in everything_below(pair.setup.folder):
        aged(one, 2 * 3600)
    assert sweeping.sweep(pair.setup) == 3
    store = pair.setup.outgoing_files
    assert store.exists(posted.carried.sha256), "its letter is posted, if not yet sealed"
    assert not store.exists(forgotten.carried.sha256)
    assert (orphan.exists(), young.exists(), half_written.exists()) == (False, True, False)


def test_the_desk_works_beside_the_lanes(pair: Pair, got):
    from taihe.gate.half import Half

    half = Half(pair.setup, background=True)
    pair.peer.send(Parcel(), files=[pair.peer.pack(TEXT, "通知.txt")])
    for _ in range(500):
        half.turn()
        if InLetter.objects.exists():
            break
    pair.turn()
    assert got == [("通知.txt", TEXT)]
