"""Deadlines in working days; a suspended flow's clock stands still; a cancelled flow leaves nothing open."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from taihe.ground import clock
from taihe.ground.errors import NotAllowed, StaleVersion
from taihe.ground.workdays.models import WorkYear
from taihe.inner.workflow.actions import cancel, resume, suspend
from taihe.inner.workflow.deadlines import pause, precedence
from taihe.inner.workflow.errors import FlowClosed
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.moving import calendar_changed

from .kit import desk, open_at, statuses

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 10, year: int = 2026):
    """That hour of the county's day."""
    return clock.fixed(datetime(year, month, day, hour, tzinfo=clock.COUNTY_ZONE).astimezone(UTC))


def due(house, paper) -> date | None:
    moment = house.item(paper, house.signers[0]).due_at
    return clock.local(moment).date() if moment else None


def test_working_days_are_counted_from_the_day_after(house):
    with at(6, 4):  # a Thursday: Friday, Monday, Tuesday
        paper = house.paper()
    assert due(house, paper) == date(2026, 6, 9)
    assert not house.item(paper, house.signers[0]).due_pending


@pytest.mark.db
def test_the_clock_stands_still_while_suspended(house):
    with at(6, 1):
        paper = house.paper()
        suspend(house.drafter.actor, paper.pk, paper.version, reason="等待上级批复")
        paper.refresh_from_db()
        assert house.item(paper, house.signers[0]).paused
        with pytest.raises(FlowClosed, match="已暂停"):
            house.sign(paper, house.signers[0])
    with at(6, 8):
        resume(house.drafter.actor, paper.pk, paper.version)
        assert due(house, paper) == date(2026, 6, 10)  # 8, 9, 10: the three days it had
        assert not house.item(paper, house.signers[0]).paused
        house.sign(paper, house.signers[0])


def test_an_hours_pause_moves_nothing(house):
    with at(6, 1):
        paper = house.paper()
        before = due(house, paper)
        suspend(house.drafter.actor, paper.pk, paper.version, reason="核对")
        paper.refresh_from_db()
        resume(house.drafter.actor, paper.pk, paper.version)
        assert due(house, paper) == before
    assert pause(datetime(2026, 6, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)) is None


def test_a_pause_before_an_item_came_does_not_count_for_it(house):
    with at(6, 1):
        paper = house.paper(drafted=False)
        suspend(house.drafter.actor, paper.pk, paper.version, reason="等待")
        paper.refresh_from_db()
    with at(6, 3):
        resume(house.drafter.actor, paper.pk, paper.version)
        house.sign(paper, house.drafter, "submit")
        assert due(house, paper) == date(2026, 6, 8)


def test_an_unannounced_calendar_is_said_and_counted_again_later(house, kind):
    with at(12, 30):
        estimate = house.paper()
        assert house.item(estimate, house.signers[0]).due_label == "暂按推算"
        kind.__class__.legal_clock = True
        try:
            lawful = house.paper()
            item = house.item(lawful, house.signers[0])
            assert item.due_at is None and item.due_label == "待日历公布"
            WorkYear.objects.create(year=2027, confirmed=True, stamp="1")
            calendar_changed(2027)
            item.refresh_from_db()
            assert item.due_at is not None and not item.due_pending
        finally:
            kind.__class__.legal_clock = False


def test_urgent_first_then_by_deadline():
    early, late = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    order = [("critical", None), ("urgent", early), ("urgent", late), ("normal", early), ("normal", None)]
    places = [precedence(*one) for one in order]
    assert places == sorted(set(places))


def test_only_the_starter_or_a_manager_steers(house):
    paper = house.paper()
    with pytest.raises(NotAllowed):
        suspend(desk().actor, paper.pk, paper.version, reason="试试看")
    with pytest.raises(StaleVersion):
        suspend(house.drafter.actor, paper.pk, paper.version - 1, reason="试试看")


def test_a_cancelled_flow_leaves_nothing_open(house, kind):
    paper = house.paper()
    house.sign(paper, house.signers[0])
    paper.refresh_from_db()
    cancel(house.drafter.actor, paper.pk, paper.version, reason="事项取消")
    assert open_at(paper) == [] and statuses(paper, "sign") == ["done", "void", "void"]
    assert kind.heard[-1] == ("cancelled", "事项取消")
    assert not WorkItem.objects.filter(instance=paper, precedence__isnull=False).exists()
    with pytest.raises(FlowClosed):
        cancel(house.drafter.actor, paper.pk, reason="再次取消")
    house.paper()


def test_a_suspended_flow_may_be_cancelled(house):
    paper = house.paper()
    suspend(house.drafter.actor, paper.pk, paper.version, reason="等待")
    cancel(house.drafter.actor, paper.pk, reason="事项取消")
    paper.refresh_from_db()
    assert paper.status == "cancelled" and paper.suspended_at is None
