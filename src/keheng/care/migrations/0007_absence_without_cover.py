import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0006_assignment_and_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="coverperiod",
            name="cover",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="covered by",
            ),
        ),
        migrations.AlterField(
            model_name="coverperiod",
            name="kind",
            field=models.CharField(
                choices=[
                    ("leave", "Leave"),
                    ("sick", "Sick leave"),
                    ("training", "Training"),
                    ("duty", "On other duty"),
                    ("gone", "No longer signs in"),
                ],
                default="leave",
                max_length=12,
                verbose_name="kind",
            ),
        ),
    ]
