"""The account at the end of a bad day: what was sent, what arrived, what was answered, each exactly once."""

from __future__ import annotations

import json
from collections import Counter

from .house import PEER, ZONES, House, until

ANSWERS = (
    "SELECT json_extract(content, '$.body.number') FROM gate_inletter WHERE kind='gate.probe_answer' AND NOT again"
)
ODD_ALARMS = ("quarantine", "refused", "restored", "audit", "parts", "jump")


def acknowledged(house: House, zone: str) -> set[int]:
    """The probes of which a caller in this zone was told that they are done."""
    file = house.told(zone)
    lines = file.read_text().splitlines() if file.exists() else []
    return {int(line.split()[1]) for line in lines if line.startswith("done ")}


def recorded(house: House, zone: str) -> list[int]:
    """The probes this zone's records say were sent."""
    return [one for (one,) in house.rows(zone, "SELECT number FROM gate_proberun WHERE outgoing ORDER BY number")]


def arrived(house: House, zone: str) -> Counter[int]:
    """The probes of the other zone carried out here, and how often each was."""
    return Counter(one for (one,) in house.rows(zone, "SELECT number FROM gate_proberun WHERE NOT outgoing"))


def answered(house: House, zone: str) -> Counter[int]:
    """The answers to this zone's probes that came in, and how often each did."""
    return Counter(one for (one,) in house.rows(zone, ANSWERS))


def quiet(house: House) -> bool:
    """Whether everything promised has been carried out: no probe unanswered or unconfirmed, no record unsealed."""
    checks = (
        "SELECT count(*) FROM gate_proberun WHERE outgoing AND answered_at IS NULL",
        "SELECT count(*) FROM ground_outbox_outboxmessage WHERE status='waiting' AND every_seconds IS NULL",
        "SELECT count(*) FROM gate_outletter WHERE status='sent' AND kind!='gate.heartbeat'",
        "SELECT (SELECT count(*) FROM ground_audit_auditentry) - (SELECT count(*) FROM ground_audit_auditsealed)",
    )
    return not any(house.number(zone, sql) for zone in ZONES for sql in checks)


def until_quiet(house: House, seconds: float = 60) -> None:
    """Wait until both zones have done all they promised; says what is left when they do not."""
    try:
        until(lambda: quiet(house), "everything carried out", seconds)
    except AssertionError as late:
        for zone in ZONES:
            left = house.rows(
                zone,
                "SELECT kind, status, attempts, last_error FROM ground_outbox_outboxmessage "
                "WHERE status!='done' AND every_seconds IS NULL LIMIT 5",
            )
            lanes = house.rows(zone, "SELECT direction, lane, epoch, sequence, acked_sequence FROM gate_lanestate")
            late.add_note(f"{zone}: left {left}, lanes {lanes}")
        raise


def check_probes(house: House) -> None:
    """Each probe that was acknowledged or recorded arrived exactly once and was answered exactly once."""
    for zone in ZONES:
        sent = recorded(house, zone)
        assert len(sent) == len(set(sent)), f"{zone}: a probe was recorded twice"
        lost = acknowledged(house, zone) - set(sent)
        assert not lost, f"{zone}: acknowledged and gone: {sorted(lost)}"
        once = Counter(sent)
        assert arrived(house, PEER[zone]) == once, f"{zone}: lost or doubled on the way there"
        assert answered(house, zone) == once, f"{zone}: lost or doubled on the way back"


def check_notes(house: House) -> None:
    """Each note arrived exactly once, in the same words and with the same file."""
    columns = "SELECT number, text, place, file FROM toys_note WHERE"
    for zone in ZONES:
        sent = Counter(house.rows(zone, f"{columns} outgoing"))
        assert Counter(house.rows(PEER[zone], f"{columns} NOT outgoing")) == sent, f"{zone}: a note lost or doubled"


def check_numbers(house: House) -> None:
    """Every lane counts from one without a gap, and both ends agree on what each number was."""
    own = "SELECT epoch, lane, sequence, digest FROM gate_outletter ORDER BY 1, 2, 3"
    theirs = (
        "SELECT epoch, lane, sequence, digest FROM gate_inletter UNION ALL "
        "SELECT epoch, lane, sequence, digest FROM gate_quarantined WHERE consumed ORDER BY 1, 2, 3"
    )
    for zone in ZONES:
        for peer, sql in ((zone, own), (PEER[zone], theirs)):
            places: dict[tuple[int, str], list[int]] = {}
            for epoch, lane, sequence, _ in house.rows(peer, sql):
                places.setdefault((epoch, lane), []).append(sequence)
            assert places, f"{peer}: no letter at all"
            for lane, numbers in places.items():
                assert numbers == list(range(1, len(numbers) + 1)), f"{peer}: lane {lane} has a gap or a double"
        taken = set(house.rows(PEER[zone], theirs))
        assert taken <= set(house.rows(zone, own)), f"{zone}: the other zone holds what was never sent"


def check_no_trouble(house: House) -> None:
    """Nothing was stopped, shelved, refused or given up on the way."""
    for zone in ZONES:
        assert house.rows(zone, "SELECT file, code FROM gate_quarantined") == []
        assert house.rows(zone, "SELECT kind, last_error FROM ground_outbox_outboxmessage WHERE status='shelved'") == []
        assert house.rows(zone, "SELECT kind FROM gate_outletter WHERE status IN ('refused', 'gone')") == []
        odd = [one for one in house.rows(zone, "SELECT kind, sentence FROM gate_alarm") if one[0] in ODD_ALARMS]
        assert odd == []


def check_folders(house: House) -> None:
    """After the last start nothing half written lies about, and no letter that was confirmed."""
    hidden = [str(one) for one in house.var.rglob(".*") if one.is_file() and one.name.endswith((".new", ".tmp"))]
    assert hidden == []
    opened = [str(one) for zone in ZONES for one in (house.var / zone / "gate" / "assembling").glob("*")]
    assert opened == [], "an attachment half put together was left behind"
    for zone in ZONES:
        confirmed = house.rows(
            zone, "SELECT lane, epoch, sequence FROM gate_outletter WHERE status='acked' AND kind!='gate.heartbeat'"
        )
        names = {f"{lane}-{epoch:012d}-{sequence:012d}.letter" for lane, epoch, sequence in confirmed}
        left = names & {one.name for one in house.spool(zone).iterdir()}
        assert not left, f"{zone}: confirmed letters left in the spool: {sorted(left)[:5]}"


def check_audit(house: House) -> None:
    """Both zones' chains hold from the first link to the last."""
    running = []
    for zone in ZONES:
        report = house.var / f"{zone}.verified"
        report.unlink(missing_ok=True)
        running.append((zone, report, house.fork(zone, "verify", report=str(report))))
    for zone, report, process in running:
        assert process.wait() == 0
        found = json.loads(report.read_text("utf-8"))
        assert found["sound"], f"{zone}: {found['finding']}"
        acts = house.number(zone, "SELECT count(*) FROM ground_audit_auditentry WHERE action='gate.probe'")
        assert found["entries"] >= acts == len(recorded(house, zone))


def check_everything(house: House) -> None:
    """The whole account; the zones' processes have stopped."""
    check_probes(house)
    if house.bare:
        check_notes(house)
    check_numbers(house)
    check_no_trouble(house)
    check_folders(house)
    check_audit(house)
