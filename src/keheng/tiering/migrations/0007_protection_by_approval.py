from django.db import migrations, models

STANDING = models.Q(("state__in", ["waiting", "in_force"]))


class Migration(migrations.Migration):
    dependencies = [("tiering", "0006_proposals_and_protection")]

    operations = [
        migrations.AlterModelOptions(
            name="protected", options={"ordering": ["-id"], "verbose_name": "protected customer"}
        ),
        migrations.RemoveConstraint(model_name="protected", name="tiering_protected_once"),
        migrations.AddField(
            model_name="protected",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting for approval"),
                    ("in_force", "In force"),
                    ("refused", "Refused"),
                    ("ended", "Ended"),
                ],
                default="in_force",
                max_length=8,
                verbose_name="state",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="protected",
            name="source",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="from the list"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="protected",
            name="ended_on",
            field=models.DateField(null=True, verbose_name="ended on"),
        ),
        migrations.AddConstraint(
            model_name="protected",
            constraint=models.UniqueConstraint(
                condition=STANDING, fields=("scheme", "customer"), name="tiering_protected_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="protected",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on__isnull", False), ("state", "ended"))
                | (~models.Q(("state", "ended")) & models.Q(("ended_on__isnull", True))),
                name="tiering_protection_ended",
            ),
        ),
    ]
