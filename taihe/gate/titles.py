"""What lanes, zones and epochs are called on screens and at the prompt."""

from __future__ import annotations

from datetime import UTC, datetime

from taihe.ground import clock

LANE_TITLES = {"urgent": "紧急", "normal": "普通", "bulk": "大件"}
ZONE_TITLES = {"inner": "非涉密办公区", "outer": "互联网服务区"}


def lane_title(lane: str) -> str:
    """A lane as alarms call it."""
    return f"{LANE_TITLES.get(lane, lane)}通道"


def epoch_title(number: int) -> str:
    """An epoch is the moment it began, but for the first."""
    return f"{clock.local(datetime.fromtimestamp(number, UTC)):%m-%d %H:%M:%S} 起" if number > 1 else "初始"
