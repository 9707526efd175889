"""Addresses of sign-in and of one's own account."""

from __future__ import annotations

from django.urls import path

from .views import account, entrance, factors

app_name = "signin"
urlpatterns = [
    path("signin/", entrance.enter, name="enter"),
    path("signin/second/", entrance.second, name="second"),
    path("signin/recovery/", entrance.recovery, name="recovery"),
    path("signout/", entrance.out, name="out"),
    path("signout/done/", entrance.gone, name="gone"),
    path("account/", account.overview, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/post/", account.switch, name="switch"),
    path("account/sessions/", account.sessions, name="sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/sessions/end-others/", account.end_others, name="end_others"),
    path("account/second/", factors.overview, name="factors"),
    path("account/second/totp/", factors.totp, name="totp"),
    path("account/second/totp/remove/", factors.totp_remove, name="totp_remove"),
    path("account/second/codes/", factors.codes, name="codes"),
    path("account/second/passkeys/add/", factors.passkey_add, name="passkey_add"),
    path("account/second/passkeys/<int:pk>/remove/", factors.passkey_remove, name="passkey_remove"),
]
