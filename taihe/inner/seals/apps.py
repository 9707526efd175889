from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "taihe.inner.seals"
    label = "inner_seals"
    verbose_name = "印章"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import rights  # noqa: F401  registers the permissions
