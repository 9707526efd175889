"""Addresses of the operator's pages; the inner zone mounts them at ``gate/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "gate"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("quarantine/", views.stopped_list, name="stopped_list"),
    path("quarantine/<int:pk>/", views.stopped, name="stopped"),
    path("quarantine/<int:pk>/close/", views.stopped_close, name="stopped_close"),
    path("quarantine/<int:pk>/release/", views.stopped_release, name="stopped_release"),
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/<int:pk>/close/", views.alarm_close, name="alarm_close"),
    path("letters/", views.trouble, name="trouble"),
    path("resync/", views.resync, name="resync"),
    path("probe/", views.probe, name="probe"),
]
