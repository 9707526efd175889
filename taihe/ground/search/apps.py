from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "taihe.ground.search"
    label = "ground_search"
    verbose_name = "检索"

    def ready(self) -> None:
        from . import sources  # noqa: F401  registers the queue's kind
