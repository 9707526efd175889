from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "taihe.gate"
    label = "gate"
    verbose_name = "安全隔离交换"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import handlers, jobs, menu  # noqa: F401  registers the gate's own letters and housekeeping
        from .watch import jobs as watching  # noqa: F401  registers heartbeat and watch

        menu.put()
