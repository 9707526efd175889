from django.apps import AppConfig


class FormSafetyConfig(AppConfig):
    name = "taihe.ground.formsafety"
    label = "ground_formsafety"
    verbose_name = "表单保护"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from . import jobs  # noqa: F401  registers the clearing job
        from .parking import remind

        user_logged_in.connect(remind, dispatch_uid="formsafety.remind")
