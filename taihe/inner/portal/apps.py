from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "taihe.inner.portal"
    label = "inner_portal"
    verbose_name = "门户采编"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taihe.ground.audit import triggers

        for table in ("approval", "withdrawal", "withdrawalcheck"):
            triggers.register(f"inner_portal_{table}")
        from . import flow, letters, menu, rights  # noqa: F401  register the review, letters' handlers, permissions
        from .desk import locks, policy
        from .release import jobs  # noqa: F401  registers its queued work
        from .release import menu as release_menu

        menu.put()
        release_menu.put()
        policy.put()
        locks.put()
