from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "taihe.inner.office.documents"
    label = "office_documents"
    verbose_name = "公文"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taihe.ground.audit import triggers

        triggers.register("office_documents_deliveryevent")
        from . import (  # noqa: F401  register permissions, flows, and who may open files
            access,
            flow,
            incoming_flow,
            jobs,
            menu_incoming,
            menu_lists,
            menu_numbers,
            menu_received,
            offering,
            organ_news,
            rights,
            search,
        )

        menu_lists.put()
        menu_numbers.put()
        menu_incoming.put()
        menu_received.put()
