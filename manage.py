"""Django's own command line for developers; officials and operators use `taihe`."""

import os
import sys

if __name__ == "__main__":
    zone = os.environ.setdefault("TAIHE_ZONE", "inner")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"taihe.zones.settings.{zone}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
