"""Documents sent to an organ, for the contract of the pages: one that waits to be signed for, one still to go out."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.files.actions import attach
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import made_here
from taihe.inner.office.documents.models import Addressee, DeliveryEvent, Document
from taihe.inner.office.documents.rights import REGISTER
from taihe.inner.office.documents.tests import rows
from taihe.inner.people.models import Officer, Organ
from taihe.inner.people.tests.factories import OrganFactory, RoleFactory, RoleGrantFactory
from taihe.inner.workflow.tests.kit import Desk, desk


@dataclass
class Sent:
    """An office that sends, whose receipts the receiving clerk of the world may see too."""

    sender: Desk
    organ: Organ
    document: Document
    words: dict[str, int]

    @classmethod
    def made(cls, clerk: Officer) -> Sent:
        """One sent, one sealed."""
        held = clerk.appointments.get()
        sender = desk()
        role = RoleFactory(permissions=[REGISTER])
        RoleGrantFactory(appointment=held, role=role, scope=sender.post.organ)
        sealed = rows.document(sender, state="sealed")
        Addressee.objects.create(
            document=sealed, role="main", order=0, text=held.post.organ.name, organ=held.post.organ
        )
        document = rows.document(sender, state="issued")
        page = BytesIO()
        Image.new("RGB", (80, 120), "white").save(page, "PNG")
        page.seek(0)
        prepared = made_here(page, name="正本.png", mime="image/png", looked_at="测试")
        file = attach(Actor.system("测试"), prepared, Owner("documents.document", str(document.pk)), purpose="正本")
        Document.objects.filter(pk=document.pk).update(pdf=file.key)
        copy = rows.delivery(document, held.post.organ)
        words = {"sealed_document": sealed.pk, "sent_document": document.pk, "delivery": copy.pk}
        return cls(sender, held.post.organ, document, words)

    def grow(self, count: int) -> None:
        """More papers before the clerk, more copies of the document, more notices, more organs on the list."""
        now = clock.now()
        for _ in range(count):
            copy = rows.delivery(rows.document(self.sender, state="issued"), self.organ)
            organ = OrganFactory()
            other = rows.delivery(self.document, organ)
            told = {"at": now, "by_name": "演催收", "notice": True, "kind": "urged"}
            DeliveryEvent.objects.create(delivery=copy, organ=self.organ, **told)
            DeliveryEvent.objects.create(delivery=other, organ=organ, **told)
            lines = Addressee.objects.filter(document=self.words["sealed_document"])
            lines.create(
                document_id=self.words["sealed_document"], role="cc", order=lines.count(), text=organ.name,
                organ=organ,
            )  # fmt: skip
