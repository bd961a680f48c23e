from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiering", "0008_approved_moves_take_effect_on_a_day")]

    operations = [
        migrations.AddField(
            model_name="dryrunmove",
            name="fate",
            field=models.CharField(
                choices=[
                    ("moves", "Would move"),
                    ("proposed", "Would move once approved"),
                    ("waits", "Would wait"),
                    ("stays", "Kept by tolerance or minimum stay"),
                    ("protected", "Protected"),
                ],
                default="moves",
                max_length=9,
                verbose_name="what would happen",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="dryrunmove",
            name="month_ends",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="month ends so far"),
        ),
    ]
