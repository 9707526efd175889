from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "taihe.ground.audit"
    label = "ground_audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401  registers the sealing job
