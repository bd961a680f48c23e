"""An index for the columns of the board and the views of one state."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0003_service_time_and_ratings")]

    operations = [
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("state__in", ["approval", "paused", "resolved", "waiting", "working"])),
                fields=["state", "due_at", "id"],
                name="service_by_state",
            ),
        ),
    ]
