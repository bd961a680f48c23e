from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0008_rules_of_supervision"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ruleversion",
            name="topic",
            field=models.CharField(
                choices=[
                    ("outcomes", "Outcome codes"),
                    ("cadence", "Contact cadence"),
                    ("occasions", "Occasions"),
                    ("contribution", "Contribution"),
                    ("messages", "Message templates"),
                    ("supervision", "Supervision"),
                    ("quick_log", "Quick log"),
                    ("lobby", "Lobby"),
                ],
                max_length=20,
                verbose_name="topic",
            ),
        ),
        # A comparison with nothing is not known, and what is not known passed the check.
        migrations.RemoveConstraint(model_name="careprofile", name="care_profile_hours"),
        migrations.AddConstraint(
            model_name="careprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hours_from__isnull", True), ("hours_to__isnull", True)),
                    models.Q(
                        ("hours_from__isnull", False),
                        ("hours_to__gt", models.F("hours_from")),
                        ("hours_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="care_profile_hours",
                violation_error_message="Give both hours, the earlier first.",
            ),
        ),
    ]
