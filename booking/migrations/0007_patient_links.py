import uuid

from django.db import migrations, models


def give_links(apps, schema_editor):
    requests = apps.get_model("booking", "AppointmentRequest").objects.using(schema_editor.connection.alias)
    for pk in list(requests.values_list("pk", flat=True)):
        requests.filter(pk=pk).update(link_id=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_visit_uid")]

    operations = [
        migrations.AddField(
            "appointmentrequest",
            "link_generation",
            models.PositiveSmallIntegerField(
                default=1, editable=False, help_text="Counted up, every link that was sent before stops working."
            ),
        ),
        migrations.AddField(
            "appointmentrequest",
            "link_id",
            models.UUIDField(null=True, editable=False, help_text="What the link in the patient's mails is made of."),
        ),
        migrations.RunPython(give_links, migrations.RunPython.noop),
        migrations.AlterField(
            "appointmentrequest",
            "link_id",
            models.UUIDField(
                default=uuid.uuid4,
                unique=True,
                editable=False,
                help_text="What the link in the patient's mails is made of.",
            ),
        ),
    ]
