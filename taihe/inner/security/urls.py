"""Addresses of the consoles."""

from __future__ import annotations

from django.urls import path

from .views import accounts, approvals, audit, duties, incidents, roles, sessions

app_name = "security"
urlpatterns = [
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/lock/", accounts.lock, name="account_lock"),
    path("accounts/<int:pk>/unlock/", accounts.unlock, name="account_unlock"),
    path("accounts/<int:pk>/password/", accounts.initial_password, name="account_password"),
    path("accounts/<int:pk>/reset/", accounts.request_reset, name="account_reset"),
    path("accounts/<int:pk>/factors/", accounts.reset_factors, name="account_factors"),
    path("approvals/", approvals.listing, name="approvals"),
    path("resets/<int:pk>/approve/", approvals.approve_reset, name="reset_approve"),
    path("resets/<int:pk>/refuse/", approvals.refuse_reset, name="reset_refuse"),
    path("roles/", roles.listing, name="roles"),
    path("roles/new/", roles.new, name="grant_new"),
    path("roles/<int:pk>/", roles.grant, name="grant"),
    path("roles/<int:pk>/approve/", roles.approve, name="grant_approve"),
    path("roles/<int:pk>/refuse/", roles.refuse, name="grant_refuse"),
    path("roles/<int:pk>/revoke/", roles.revoke, name="grant_revoke"),
    path("duties/", duties.listing, name="duties"),
    path("duties/new/", duties.new, name="duty_new"),
    path("duties/<int:pk>/approve/", duties.approve, name="duty_approve"),
    path("duties/<int:pk>/refuse/", duties.refuse, name="duty_refuse"),
    path("duties/<int:pk>/close/", duties.close, name="duty_close"),
    path("sessions/", sessions.listing, name="sessions"),
    path("sessions/<int:pk>/end/", sessions.end, name="session_end"),
    path("sessions/pauses/<int:pk>/lift/", sessions.lift, name="pause_lift"),
    path("incidents/", incidents.listing, name="incidents"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("audit/", audit.listing, name="audit"),
    path("audit/<int:pk>/", audit.entry, name="audit_entry"),
    path("audit/export/", audit.export, name="audit_export"),
    path("audit/verification/", audit.verification, name="verification"),
]
