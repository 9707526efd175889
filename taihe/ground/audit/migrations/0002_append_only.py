"""Make the three tables append-only in the database itself."""

from django.db import migrations

from taihe.ground.audit.triggers import APPEND_ONLY, drop, install


def forwards(apps, editor):
    for table in APPEND_ONLY:
        install(editor.connection, table)


def backwards(apps, editor):
    for table in APPEND_ONLY:
        drop(editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("ground_audit", "0001_audit")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
