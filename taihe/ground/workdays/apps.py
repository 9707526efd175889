from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkdaysConfig(AppConfig):
    name = "taihe.ground.workdays"
    label = "ground_workdays"
    verbose_name = "工作日历"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs, menu, seeds  # noqa: F401  registers the job

        menu.put()
        post_migrate.connect(seeds.after_migrate, sender=self)
