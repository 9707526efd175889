"""Registers the screens' templates, styles and tags with Django; holds no tables."""

from django.apps import AppConfig


class GroundUiConfig(AppConfig):
    """The UI kit; label by path, as all apps of the house."""

    name = "taihe.ground.ui"
    label = "ground_ui"
    verbose_name = "界面组件"
