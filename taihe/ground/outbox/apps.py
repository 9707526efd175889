from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "taihe.ground.outbox"
    label = "ground_outbox"
    verbose_name = "待办队列"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401  registers the housekeeping job
