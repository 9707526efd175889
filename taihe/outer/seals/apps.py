from django.apps import AppConfig


class SealsConfig(AppConfig):
    name = "taihe.outer.seals"
    label = "outer_seals"
    verbose_name = "文件核验"
    default_auto_field = "django.db.models.BigAutoField"
