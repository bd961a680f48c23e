import django.db.models.deletion
import keheng.common.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiering", "0004_corporate_rules_and_value_matrix")]

    operations = [
        # Derived: the next computation fills the new table.
        migrations.DeleteModel(name="ValueScore"),
        migrations.RunSQL("delete from tiering_valuerun", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ValueScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.CharField(db_collation="C", max_length=12, verbose_name="layer")),
                ("type", models.CharField(db_collation="C", max_length=40, verbose_name="company type")),
                ("population", models.CharField(db_collation="C", max_length=10, verbose_name="existing or target")),
                (
                    "to_customer",
                    models.DecimalField(
                        decimal_places=1, max_digits=5, null=True, verbose_name="bank's value to the customer"
                    ),
                ),
                (
                    "to_bank",
                    models.DecimalField(
                        decimal_places=1, max_digits=5, null=True, verbose_name="customer's value to the bank"
                    ),
                ),
                (
                    "cover_customer",
                    models.DecimalField(decimal_places=1, max_digits=5, verbose_name="weight with data"),
                ),
                ("cover_bank", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="weight with data")),
                ("aum", keheng.common.fields.MoneyField(verbose_name="AUM")),
                ("revenue", keheng.common.fields.MoneyField(null=True, verbose_name="revenue in 12 months")),
                ("parts", models.JSONField(verbose_name="parts")),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tiering.valuerun",
                        verbose_name="computation",
                    ),
                ),
            ],
            options={
                "verbose_name": "score of the value matrix",
                "constraints": [models.UniqueConstraint(fields=("run", "customer"), name="tiering_score_once_a_run")],
                "indexes": [models.Index(fields=["customer", "-run"], name="tiering_scores_of_customer")],
            },
        ),
    ]
