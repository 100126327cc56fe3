import uuid

from django.db import migrations, models


def name_visits(apps, schema_editor):
    visits = apps.get_model("booking", "Appointment").objects.using(schema_editor.connection.alias)
    for pk in list(visits.values_list("pk", flat=True)):
        visits.filter(pk=pk).update(uid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_kept_longer")]

    operations = [
        migrations.AddField(
            "appointment",
            "uid",
            models.UUIDField(null=True, editable=False, help_text="The visit's name in calendars, for life."),
        ),
        migrations.RunPython(name_visits, migrations.RunPython.noop),
        migrations.AlterField(
            "appointment",
            "uid",
            models.UUIDField(
                default=uuid.uuid4, unique=True, editable=False, help_text="The visit's name in calendars, for life."
            ),
        ),
    ]
