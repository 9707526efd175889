"""`screen`: everything a text must be looked through for before it goes out, in one call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal

from ..rules import rule
from . import people, streams
from .fold import View
from .matcher import Hit, Matcher, matcher_for
from .numbers import find_numbers
from .verdict import SEVERITY, Finding, Level, Purpose, Verdict
from .wording import find_faults

_EVIDENCE = 60


class _Policy:
    """Levels by purpose: a rule's own level, else its class's; `ignore` leaves a finding out."""

    def __init__(self, purpose: Purpose) -> None:
        self._levels: dict[str, Any] = rule("screening.levels")[purpose]

    def level(self, rule_id: str, klass: str) -> Level | None:
        """How severe a finding of this rule is; None when it is not reported."""
        found: Level | Literal["ignore"] = self._levels.get(rule_id, self._levels[klass])
        return None if found == "ignore" else found


def _word_findings(hits: Iterable[Hit], policy: _Policy) -> Iterator[Finding]:
    for hit in hits:
        words = hit.pattern.words
        if words.klass == "label":
            continue
        rule_id = f"words.{words.id}"
        level = policy.level(rule_id, words.klass)
        if level is None:
            continue
        yield Finding(
            rule=rule_id,
            klass=words.klass,
            level="review" if hit.guessed and level == "block" else level,
            start=hit.start,
            end=hit.end,
            title=words.title,
            suggestion=hit.pattern.entry.suggest,
            doubtful=hit.guessed or hit.separated,
        )


def _people_findings(text: str, hits: Iterable[Hit], policy: _Policy) -> Iterator[Finding]:
    for hit in hits:
        kind = hit.pattern.entry.kind
        if hit.pattern.words.klass != "label" or hit.guessed:
            continue
        rule_id = f"privacy.{kind}"
        level = policy.level(rule_id, "privacy")
        span = people.value_after(text, hit.end, kind)
        if level is None or span is None:
            continue
        hide = people.hidden_part(span, rule("screening.mask_shows")[kind][0])
        yield Finding(rule_id, "privacy", level, *span, title=people.TITLES[kind], hide=hide)


def _number_findings(view: View, policy: _Policy) -> Iterator[Finding]:
    for number in find_numbers(view):
        rule_id = f"privacy.{number.kind}"
        level = policy.level(rule_id, "privacy")
        if level is not None:
            yield Finding(
                rule=rule_id,
                klass="privacy",
                level="review" if number.doubtful else level,
                start=number.start,
                end=number.end,
                title=number.title,
                doubtful=number.doubtful,
                hide=number.hide,
            )


def _fault_findings(text: str, policy: _Policy) -> Iterator[Finding]:
    for fault in find_faults(text):
        level = policy.level(fault.rule, fault.klass)
        if level is not None:
            place = (fault.start, fault.end)
            yield Finding(fault.rule, fault.klass, level, *place, title=fault.title, suggestion=fault.suggestion)


def _stream_findings(stream: streams.Stream, matcher: Matcher, policy: _Policy) -> Iterator[Finding]:
    text, view = stream.text, View(stream.text)
    hits = matcher.hits(view, in_latin=not stream.hidden)
    yield from _word_findings(hits, policy)
    yield from _people_findings(text, hits, policy)
    yield from _number_findings(view, policy)
    if not stream.hidden:
        yield from _fault_findings(text, policy)


def _placed(text: str, stream: streams.Stream, finding: Finding) -> Finding:
    """The finding with its places counted in the original text, and its evidence."""
    start, end = stream.span(finding.start, finding.end)
    hide = tuple(stream.span(*one) for one in finding.hide)
    evidence = replaced(text[start:end], [(left - start, right - start) for left, right in hide])
    shown = re.sub(r"\s+", " ", evidence)
    shown = shown if len(shown) <= _EVIDENCE else shown[: _EVIDENCE - 1] + "…"
    return replace(finding, start=start, end=end, hide=hide, evidence=shown, hidden=stream.hidden)


def replaced(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with each stretch replaced by one asterisk; stretches may repeat but not cross."""
    pieces: list[str] = []
    at = 0
    for start, end in sorted(set(spans)):
        if start >= at:
            pieces += (text[at:start], "*")
            at = end
    return "".join((*pieces, text[at:]))


def _without_repeats(findings: list[Finding]) -> tuple[Finding, ...]:
    """In reading order, without what a finding of the same kind, at least as severe, already covers."""
    kept: list[Finding] = []
    reach: dict[tuple[str, int], int] = {}  # how far the findings of a kind and severity go
    for one in sorted(findings, key=lambda found: (found.start, -found.end, -SEVERITY[found.level], found.doubtful)):
        kind = one.rule if one.klass == "privacy" else one.klass
        severity = SEVERITY[one.level]
        if all(reach.get((kind, more), 0) < one.end for more in range(severity, len(SEVERITY))):
            kept.append(one)
            reach[kind, severity] = max(one.end, reach.get((kind, severity), 0))
    return tuple(kept)


def screen(text: str, *, purpose: Purpose = "publish", site: str | None = None, html: bool = False) -> Verdict:
    """Look a text through for the operator's words and for personal numbers.

    `purpose`: `publish` for what an official puts out, `citizen` for what a citizen wrote (milder: nobody is
    refused a letter for its words).  `site`: key of the site whose own lists apply besides the county's.
    `html`: the text is a page; hidden parts are looked through as well.  Places in the findings count
    characters of `text` as given.

    Raises BadSetup when a word list is changed, missing or malformed, or a rule is missing.
    """
    policy = _Policy(purpose)
    matcher = matcher_for(site)
    findings: list[Finding] = []
    for stream in streams.page(text) if html else (streams.plain(text),):
        findings += (_placed(text, stream, one) for one in _stream_findings(stream, matcher, policy))
    return Verdict(_without_repeats(findings), purpose, matcher.version)


def mask(text: str, verdict: Verdict) -> str:
    """The text as its public version shows it: personal numbers and names hidden, everything else as it was.

    `text` is the text that was screened.  Hides every personal finding, whatever its level, doubtful ones too.
    """
    return replaced(text, (span for one in verdict.findings for span in one.hide))
