from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "taihe.outer.seals"
    label = "outer_seals"
    verbose_name = "文件核验"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the gate find the handler of letters and the worker the recurring job."""
        from . import jobs, letters  # noqa: F401
