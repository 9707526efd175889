from django.apps import AppConfig


class ToysConfig(AppConfig):
    name = "tests.system.bare.toys"
    label = "toys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import actions  # noqa: F401  registers letters and their handler
