"""Clocks keep the service time that they took, which only their events told; customers are asked for ratings."""

from django.db import migrations, models
from django.db.models import Q

_FROM_EVENTS = """
    update service_requests_requestclock c
       set used = make_interval(secs => (e.detail ->> 'used')::int)
      from service_requests_slaevent e
     where e.clock_id = c.id and e.kind in ('met', 'late') and e.detail ? 'used'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("service_requests", "0002_penalties_of_other_causes"),
    ]

    operations = [
        migrations.AddField(
            model_name="requestclock",
            name="used",
            field=models.DurationField(null=True, verbose_name="service time used"),
        ),
        migrations.RunSQL(_FROM_EVENTS, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="requestclock", name="service_clock_stopped_at"),
        migrations.AddIndex(
            model_name="requestclock",
            index=models.Index(
                fields=["stopped_at"],
                condition=Q(kind="handling", stopped_at__isnull=False),
                include=["met", "used", "request"],
                name="service_clock_stopped_at",
            ),
        ),
    ]
