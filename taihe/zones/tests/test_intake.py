"""What the intake does with bodies that no socket test can time exactly."""

import asyncio

import pytest

from taihe.zones.intake import BodyLimits, BodyTooLarge, BodyTooSlow, Intake, NoRoom


class Asked:
    """A request that announces nothing but a body in chunks."""

    headers = {"transfer-encoding": "chunked"}
    http_version = "1.1"


async def body_of(*chunks):
    for chunk in (*chunks, b""):  # Granian's own end mark
        yield chunk


async def dripping():
    while True:
        await asyncio.sleep(0.01)
        yield b"x"


async def fill_the_room():
    intake = Intake(BodyLimits(body=20, memory=4, all_bodies=30))
    async with intake.receive(Asked, body_of(b"x" * 20)) as first:
        with pytest.raises(NoRoom):
            async with intake.receive(Asked, body_of(b"y" * 11)):
                pass
        async with intake.receive(Asked, body_of(b"y" * 5, b"z" * 5)) as second:
            assert intake.held == 30
            assert (second.file.read(), second.size) == (b"yyyyyzzzzz", 10)
        assert first.file.read() == b"x" * 20
    return intake.held


def test_room_for_all_bodies_is_bounded_and_given_back():
    assert asyncio.run(fill_the_room()) == 0


async def receive(intake, proto):
    async with intake.receive(Asked, proto) as body:
        return body.size


def test_a_byte_now_and_then_for_ever_is_too_slow():
    """Never idle long enough for the idle limit: the slowest rate ends it."""
    intake = Intake(BodyLimits(idle=5, grace=0.1, slowest=1000))
    with pytest.raises(BodyTooSlow):
        asyncio.run(asyncio.wait_for(receive(intake, dripping()), 10))
    assert intake.held == 0


def test_cap_counts_every_chunk():
    intake = Intake(BodyLimits(body=10))
    assert asyncio.run(receive(intake, body_of(b"x" * 5, b"x" * 5))) == 10
    with pytest.raises(BodyTooLarge, match="10 字节"):
        asyncio.run(receive(intake, body_of(b"x" * 5, b"x" * 6)))
    assert intake.held == 0


def test_full_disk_is_told_and_not_raised():
    intake = Intake(BodyLimits(folder="/dev/null/nowhere", memory=4))
    with pytest.raises(NoRoom):
        asyncio.run(receive(intake, body_of(b"more than four")))
    assert intake.held == 0


def test_limits_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="room for all"):
        BodyLimits(body=10, all_bodies=5)
