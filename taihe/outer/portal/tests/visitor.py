"""A visitor without a browser: asks a native handler as the front does."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Ask:
    """One request, and the answer once it was given."""

    path: str
    method: str = "GET"
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None

    def response_empty(self, status, headers):
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status, headers, body):
        assert self.answer is None, "answered twice"
        self.answer = Answer(status, dict(headers), body)


def ask(site, path, method="GET", query="", **headers) -> Answer | None:
    """What the site answers; None when it declines.  Header names with underscores for dashes."""
    one = Ask(path, method, query, {name.replace("_", "-"): value for name, value in headers.items()})
    answered = site(one, one)
    assert answered is (one.answer is not None)
    return one.answer
