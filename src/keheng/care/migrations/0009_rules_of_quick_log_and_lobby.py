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
    ]
