"""Accounts are found by the last four digits of their number: by a keyed number for them, which this fills in."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from keheng.common.keys import key_ring

ROWS_AT_ONCE = 5_000
PURPOSE = "portfolio.account"


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Walk the table once by its key. An emptied number, of somebody made anonymous, has no tail."""
    account: Any = apps.get_model("portfolio", "Account")
    last, ring = 0, key_ring()
    while rows := list(account.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "number")[:ROWS_AT_ONCE]):
        known = [(key, ring.blind_tail(number, PURPOSE)) for key, number in rows if number]
        with editor.connection.cursor() as cursor:
            cursor.execute(
                "update portfolio_account set number_tail = known.tail"
                " from unnest(%s::bigint[], %s::integer[]) as known (id, tail) where known.id = portfolio_account.id",
                [[key for key, _ in known], [tail for _, tail in known]],
            )
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0003_movements_of_a_day_and_actions")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="number_tail",
            field=models.IntegerField(editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("number_tail__isnull", False)),
                fields=["number_tail"],
                name="portfolio_by_account_tail",
            ),
        ),
    ]
