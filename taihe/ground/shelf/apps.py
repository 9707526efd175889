from django.apps import AppConfig


class ShelfConfig(AppConfig):
    name = "taihe.ground.shelf"
    label = "ground_shelf"
    verbose_name = "搁置任务"

    def ready(self) -> None:
        from . import menu

        menu.put()
