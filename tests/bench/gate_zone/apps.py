from django.apps import AppConfig


class GateBenchConfig(AppConfig):
    name = "tests.bench.gate_zone"
    label = "bench_gate"

    def ready(self) -> None:
        from . import letters  # noqa: F401  registers the letters and their handler
