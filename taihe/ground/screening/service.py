"""`screen`: everything a text must be looked through for before it goes out, in one call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..rules import rule
from . import streams
from .fold import View
from .matcher import Hit, matcher_for
from .numbers import find_numbers
from .verdict import SEVERITY, Finding, Level, Purpose, Verdict

_EVIDENCE = 60


class _Policy:
    """Levels by purpose: a rule's own level, else its class's; `ignore` leaves a finding out."""

    def __init__(self, purpose: Purpose) -> None:
        self._levels: dict[str, Any] = rule("screening.levels")[purpose]

    def level(self, rule_id: str, klass: str, doubtful: bool) -> Level | None:
        found = self._levels.get(rule_id, self._levels[klass])
        if found == "ignore":
            return None
        if doubtful and klass == "privacy":
            return "review"
        return found  # type: ignore[no-any-return]


def _word_findings(stream: streams.Stream, hits: Iterable[Hit], policy: _Policy) -> Iterator[Finding]:
    for hit in hits:
        words = hit.pattern.words
        rule_id = f"words.{words.id}"
        level = policy.level(rule_id, words.klass, hit.doubtful)
        if level is None or words.klass == "label":
            continue
        if (hit.cut or hit.pattern.split) and SEVERITY[level] > SEVERITY["review"]:
            level = "review"
        yield Finding(
            rule=rule_id,
            klass=words.klass,
            level=level,
            start=hit.start,
            end=hit.end,
            title=words.title,
            evidence="",
            suggestion=hit.pattern.entry.suggest,
            doubtful=hit.doubtful,
            hidden=stream.hidden,
        )


def _number_findings(stream: streams.Stream, folded: str, policy: _Policy) -> Iterator[Finding]:
    for number in find_numbers(stream.text, folded):
        rule_id = f"privacy.{number.kind}"
        level = policy.level(rule_id, "privacy", number.doubtful)
        if level is not None:
            yield Finding(
                rule=rule_id,
                klass="privacy",
                level=level,
                start=number.start,
                end=number.end,
                title=number.title,
                evidence="",
                doubtful=number.doubtful,
                hidden=stream.hidden,
                hide=number.hide,
            )


def _placed(text: str, stream: streams.Stream, finding: Finding) -> Finding:
    """The finding with its places counted in the original text, and its evidence."""
    start, end = stream.span(finding.start, finding.end)
    hide = tuple(stream.span(*one) for one in finding.hide)
    evidence = replaced(text[start:end], [(left - start, right - start) for left, right in hide])
    shown = re.sub(r"\s+", " ", evidence)
    shown = shown if len(shown) <= _EVIDENCE else shown[: _EVIDENCE - 1] + "…"
    fields = {**vars(finding), "start": start, "end": end, "hide": hide, "evidence": shown}
    return Finding(**fields)


def replaced(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with each stretch replaced by one asterisk; stretches may repeat but not cross."""
    pieces: list[str] = []
    at = 0
    for start, end in sorted(set(spans)):
        if start >= at:
            pieces += (text[at:start], "*")
            at = end
    return "".join((*pieces, text[at:]))


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """Leaves out what a finding of the same class, at least as severe, already covers."""
    kept: list[Finding] = []
    order = sorted(findings, key=lambda one: (-SEVERITY[one.level], one.doubtful, one.start - one.end, one.start))
    for one in order:
        if not any(big.klass == one.klass and big.start <= one.start and one.end <= big.end for big in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.start, one.end))


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
        view = View(stream.text)
        found = [
            *_word_findings(stream, matcher.hits(view), policy),
            *_number_findings(stream, view.text, policy),
        ]
        findings += (_placed(text, stream, one) for one in found)
    return Verdict(tuple(_without_repeats(findings)), purpose, matcher.version)


def mask(text: str, verdict: Verdict) -> str:
    """The text as its public version shows it: personal numbers and names hidden, everything else as it was.

    `text` is the text that was screened.  Hides every personal finding, whatever its level, doubtful ones too.
    """
    return replaced(text, (span for one in verdict.findings for span in one.hide))
