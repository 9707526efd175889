from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "taihe.inner.office.documents"
    label = "office_documents"
    verbose_name = "公文"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taihe.ground.audit import triggers

        triggers.register("office_documents_deliveryevent")
        from . import access, rights  # noqa: F401  registers permissions and who may open files
