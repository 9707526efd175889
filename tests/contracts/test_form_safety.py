"""Both zones keep late forms and answer repeated ones: the wiring, and its order, on which this depends."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

PARK = "taihe.ground.formsafety.middleware.ParkOnExpiredSession"
REPEATS = "taihe.ground.formsafety.middleware.AnswerRepeats"


def place(name: str) -> int:
    return next(at for at, entry in enumerate(settings.MIDDLEWARE) if entry.endswith(name))


def test_late_forms_are_met_after_the_csrf_check_and_before_anything_turns_visitors_away() -> None:
    for before in ("SessionMiddleware", "CsrfViewMiddleware", "AuthenticationMiddleware", "MessageMiddleware"):
        assert place(before) < place(PARK)
    turning_away = [
        name for name in settings.MIDDLEWARE if name.endswith(("SignInRequired", "LoginRequiredMiddleware"))
    ]
    assert all(place(PARK) < place(name) for name in turning_away)


def test_repeats_are_answered_inside_the_refusal_pages() -> None:
    assert place("RefusalMiddleware") < place(REPEATS)


def test_a_failed_csrf_check_and_the_offer_have_their_places() -> None:
    assert settings.CSRF_FAILURE_VIEW == "taihe.ground.formsafety.views.csrf_failure"
    assert reverse("formsafety:parked") == "/form-safety/parked/"
