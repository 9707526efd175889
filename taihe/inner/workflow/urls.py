"""Addresses of work: below /work/."""

from __future__ import annotations

from django.urls import path

from .views import batch, flow, item, lists, phrases, verbs

app_name = "workflow"
urlpatterns = [
    path("", lists.todo, name="todo"),
    path("done/", lists.done, name="done"),
    path("read/", lists.circulated, name="circulated"),
    path("mine/", lists.mine, name="mine"),
    path("delegated/", lists.delegated, name="delegated"),
    path("items/<int:pk>/", item.item, name="item"),
    path("items/<int:pk>/decide/", item.decide, name="decide"),
    path("items/<int:pk>/remark/", item.remark, name="remark"),
    path("items/<int:pk>/claim/", verbs.claim, name="claim"),
    path("items/<int:pk>/release/", verbs.release, name="release"),
    path("items/<int:pk>/add/", verbs.add, name="add"),
    path("items/<int:pk>/drop/", verbs.drop, name="drop"),
    path("items/<int:pk>/transfer/", verbs.transfer, name="transfer"),
    path("items/<int:pk>/reassign/", verbs.reassign, name="reassign"),
    path("items/<int:pk>/back/", verbs.back, name="back"),
    path("items/<int:pk>/urge/", verbs.urge, name="urge"),
    path("items/<int:pk>/withdraw/", verbs.withdraw, name="withdraw"),
    path("items/<int:pk>/record/", verbs.record, name="record"),
    path("items/<int:pk>/confirm/", verbs.confirm, name="confirm"),
    path("flows/<int:pk>/", flow.flow, name="flow"),
    path("flows/<int:pk>/sheet/", flow.sheet, name="sheet"),
    path("flows/<int:pk>/withdraw/", flow.withdraw, name="flow_withdraw"),
    path("flows/<int:pk>/circulate/", flow.circulate, name="circulate"),
    path("flows/<int:pk>/suspend/", flow.suspend, name="suspend"),
    path("flows/<int:pk>/resume/", flow.resume, name="resume"),
    path("flows/<int:pk>/cancel/", flow.cancel, name="cancel"),
    path("batch/<slug:what>/", batch.batch, name="batch"),
    path("people/", phrases.people, name="people"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("phrases/<int:pk>/drop/", phrases.drop, name="phrase_drop"),
]
