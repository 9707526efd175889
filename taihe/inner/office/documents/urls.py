"""Addresses of 公文; each area lists its own under `views`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import distributing, incoming, received

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("incoming/", incoming.listed, name="incoming"),
    path("incoming/new/", incoming.new, name="incoming_new"),
    path("incoming/<int:pk>/", incoming.shown, name="incoming_item"),
    path("incoming/<int:pk>/pages/<int:number>/", incoming.page, name="incoming_page"),
    path("<int:pk>/distribute/", distributing.distribute, name="distribute"),
    path("<int:pk>/receipts/", distributing.receipts, name="receipts"),
    path("<int:pk>/receipts/urge/", distributing.urge, name="urge_receipt"),
    path("<int:pk>/receipts/further/", distributing.further, name="further"),
    path("<int:pk>/receipts/recall/", distributing.recall, name="recall"),
    path("<int:pk>/receipts/correct/", distributing.correct, name="correct"),
    path("received/", received.received, name="received"),
    path("received/sign/", received.sign_many, name="sign_many"),
    path("received/<int:pk>/", received.one, name="received_one"),
    path("received/<int:pk>/refuse/", received.refuse, name="refuse"),
    path("received/<int:pk>/print/", received.print_it, name="received_print"),
    path("received/<int:pk>/page/<int:number>/", received.page, name="received_page"),
]
