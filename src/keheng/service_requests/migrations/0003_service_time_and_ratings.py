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
        migrations.AlterField(
            model_name="step",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Taken in"),
                    ("claimed", "Claimed"),
                    ("assigned", "Assigned"),
                    ("stage", "Next step"),
                    ("checked", "Checked"),
                    ("note", "Internal note"),
                    ("attached", "Evidence added"),
                    ("paused", "Paused"),
                    ("resumed", "Resumed"),
                    ("offered", "Hand-over offered"),
                    ("accepted", "Hand-over accepted"),
                    ("declined", "Hand-over declined"),
                    ("escalated", "Escalated"),
                    ("asked", "Approval asked for"),
                    ("returned", "Returned by the approver"),
                    ("resolved", "Done"),
                    ("replied", "Replied to the customer"),
                    ("invited", "Asked for a rating"),
                    ("rated", "Rated by the customer"),
                    ("reopened", "Reopened"),
                    ("cancelled", "Cancelled"),
                    ("merged", "Merged"),
                    ("linked", "Linked"),
                    ("priority", "Priority changed"),
                ],
                max_length=10,
                verbose_name="step",
            ),
        ),
    ]
