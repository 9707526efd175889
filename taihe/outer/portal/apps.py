from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "taihe.outer.portal"
    label = "outer_portal"
    verbose_name = "门户网站"

    def ready(self) -> None:
        """Let the gate find the handlers of letters, the front the handler of pages, and the index its source."""
        from taihe.ground.ui.context import provide_layout

        from . import jobs, letters, serving  # noqa: F401
        from .searching import source  # noqa: F401
        from .shell import layout

        provide_layout(layout)
