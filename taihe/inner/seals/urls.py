"""Addresses of seals."""

from __future__ import annotations

from django.urls import path

from .views import forms, register, seals, verify

app_name = "seals"
urlpatterns = [
    path("", seals.listing, name="list"),
    path("issue/", forms.issue, name="issue"),
    path("uses/", register.uses, name="uses"),
    path("verify/", verify.verify, name="verify"),
    path("<int:pk>/", seals.seal, name="seal"),
    path("<int:pk>/picture.svg", seals.picture, name="picture"),
    path("<int:pk>/suspend/", forms.suspend, name="suspend"),
    path("<int:pk>/resume/", forms.resume, name="resume"),
    path("<int:pk>/renew/", forms.renew, name="renew"),
    path("<int:pk>/destroy/", forms.ask_destroy, name="ask_destroy"),
    path("<int:pk>/destroy/confirm/", forms.confirm_destroy, name="confirm_destroy"),
]
