"""Who is told of a file with a secret mark: modules that reach the security officer register here."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[int], None]
_tellers: dict[str, Tell] = {}


def on_secret_mark(name: str) -> Callable[[Tell], Tell]:
    """Register a function that tells the security officer; it is given the incident's row number.

    It runs in the worker, in a transaction with the others, and may be called again after a failure.
    """

    def decorate(function: Tell) -> Tell:
        if name in _tellers:
            raise RuntimeError(f"teller {name} is registered twice")
        _tellers[name] = function
        return function

    return decorate


def tell(incident: int) -> int:
    """Call every registered function; returns how many there are."""
    for function in _tellers.values():
        function(incident)
    return len(_tellers)
