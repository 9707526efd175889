from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "taihe.ground.files"
    label = "ground_files"
    verbose_name = "附件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401  registers the jobs
