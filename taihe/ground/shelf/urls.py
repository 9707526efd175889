"""Addresses of the shelf; the inner zone mounts them at ``shelf/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "shelf"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/", views.message, name="message"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]
