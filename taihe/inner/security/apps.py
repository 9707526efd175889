from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "taihe.inner.security"
    label = "inner_security"
    verbose_name = "安全管理"

    def ready(self) -> None:
        from . import incidents, jobs, menu  # noqa: F401  registrations

        menu.put()
        incidents.put()
