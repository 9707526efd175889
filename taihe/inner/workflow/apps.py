from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "taihe.inner.workflow"
    label = "inner_workflow"
    verbose_name = "流程"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from taihe.ground.audit import triggers

        from . import files, jobs, menu, moving, permissions  # noqa: F401  registrations

        triggers.register("inner_workflow_flowlog")
        menu.put()
