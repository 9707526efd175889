from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "taihe.ground.registers"
    label = "ground_registers"
    verbose_name = "登记编号"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401  registers the recurring job
