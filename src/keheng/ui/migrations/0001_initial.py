import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(  # the table of Django's database cache, as `createcachetable` makes it
            """
            CREATE TABLE ui_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX ui_cache_expires ON ui_cache (expires);
            """,
            reverse_sql="DROP TABLE ui_cache",
        ),
        migrations.CreateModel(
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner_id", models.BigIntegerField(verbose_name="owner")),
                ("list_key", models.CharField(max_length=60, verbose_name="list")),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), verbose_name="columns"
                    ),
                ),
            ],
            options={
                "verbose_name": "chosen columns",
                "constraints": [models.UniqueConstraint(fields=("owner_id", "list_key"), name="ui_column_choice_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner_id", models.BigIntegerField(verbose_name="owner")),
                ("list_key", models.CharField(max_length=60, verbose_name="list")),
                ("name", models.CharField(max_length=20, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=1000, verbose_name="filters and sorting")),
            ],
            options={
                "verbose_name": "saved view",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("owner_id", "list_key", "name"), name="ui_saved_view_once")
                ],
            },
        ),
    ]
