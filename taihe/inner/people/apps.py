from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "taihe.inner.people"
    label = "inner_people"
    verbose_name = "机构人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, jobs, menu, purposes, search  # noqa: F401  registrations
        from .signin import wiring  # noqa: F401  registrations

        menu.put()
