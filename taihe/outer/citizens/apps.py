from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "taihe.outer.citizens"
    label = "outer_citizens"
    verbose_name = "用户账号"
    default_auto_field = "django.db.models.BigAutoField"
