"""Where passkeys work: only under a host name, over TLS or on this very machine (WebAuthn Level 2, 5.1.3)."""

from __future__ import annotations

from django.http import HttpRequest


def host_can_have_passkeys(request: HttpRequest) -> bool:
    """Whether a browser would make or use a passkey at the address this page was opened by."""
    host = request.get_host().partition(":")[0]
    named = not host.replace(".", "").isdigit() and not host.startswith("[")
    return named and (request.is_secure() or host == "localhost" or host.endswith(".localhost"))
