from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "taihe.outer.portal"
    label = "outer_portal"
    verbose_name = "门户网站"
