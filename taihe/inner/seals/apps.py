from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "taihe.inner.seals"
    label = "inner_seals"
    verbose_name = "印章"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taihe.ground.audit import triggers

        triggers.register("inner_seals_sealuse")
        from . import jobs, letters, menu, organ_news, rights  # noqa: F401  register queued work, letters' handlers, permissions
        from .internal import InternalProvider
        from .provider import register_provider

        register_provider(InternalProvider())
        menu.put()
