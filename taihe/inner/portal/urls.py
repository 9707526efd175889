"""Addresses of the editorial office's own pages (/portal/)."""

from __future__ import annotations

from django.urls import path

from .views import look, office, withdrawing

app_name = "portal"
urlpatterns = [
    path("", office.mine, name="mine"),
    path("pages/<int:page_id>/submit/", office.submit, name="submit"),
    path("pages/<int:page_id>/hide-numbers/", office.hide_numbers, name="hide_numbers"),
    path("pages/<int:page_id>/preview/", look.draft, name="preview_draft"),
    path("pages/<int:page_id>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("submissions/<int:pk>/", office.submission, name="submission"),
    path("submissions/<int:pk>/preview/", look.submitted, name="preview"),
    path("submissions/<int:pk>/recall/", office.recall, name="recall"),
    path("withdrawals/", withdrawing.listing, name="withdrawals"),
    path("withdrawals/<int:pk>/confirm/", withdrawing.confirm, name="confirm_withdrawal"),
    path("look/<path:path>", look.part, name="look"),
]
