"""Reviews of archives (A1): opened by set, closed one by one with what came of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.customers import permissions
from keheng.customers.enums import ArchiveClass, ReviewOutcome, RuleTopic
from keheng.customers.models import Customer, Review
from keheng.customers.policies.reviews import Occasion, ReviewRules
from keheng.customers.queries.quality_rules import quality_rules
from keheng.org.models import Staff

ASKED = "asked"
COUNTER_DAYS = 90
"""A reminder at the counter waits for the customer's next visit; it is looked at again after so many days."""

_OPENED = """
insert into customers_review
       (customer_id, archive_class, trigger, fields, note, at_counter, opened_at, opened_by, due_on, outcome)
"""
_ONCE = """
on conflict (customer_id, archive_class, trigger) where outcome = '' do nothing
"""


def rules() -> ReviewRules:
    """The rules in force."""
    found: ReviewRules = quality_rules(RuleTopic.REVIEWS).rules
    return found


def open_reviews(*, trigger: str, customer_ids: Sequence[int], at: datetime) -> int:
    """Open the review that an occasion calls for, for all these customers by one statement; return how many.

    Nothing opens for closed customers, for tiers below the rule's, and where the same review is open already.
    """
    rule = rules().occasion(trigger)
    return _open(rule, customer_ids, at) if rule else 0


def open_reviews_of_change(*, customer_id: int, fields: Sequence[str], actor_id: int | None, at: datetime) -> int:
    """Open what a change of facts by hand calls for. Who answers for the customer has just looked at them; a review
    of contact points opens only when somebody else changed them."""
    customer = Customer.objects.filter(pk=customer_id).only("owner_id").first()
    if customer is None:
        return 0
    by_owner = actor_id is not None and actor_id == customer.owner_id
    opened = 0
    for rule in rules().touched_by(fields):
        if not (by_owner and rule.archive_class == ArchiveClass.INFORMATION):
            opened += _open(rule, [customer_id], at)
    return opened


@transaction.atomic
def open_due_reviews(*, at: datetime) -> int:
    """Open every review that has come due by its period or by the end of a risk assessment; two statements.

    A period runs from the last review that reached the customer, or from the day the archive was taken in.
    """
    in_force, today = rules(), at.astimezone(SHANGHAI).date()
    opened = 0
    with connection.cursor() as cursor:
        periodic, bands = in_force.occasion("periodic"), list(in_force.bands())
        if periodic and bands:
            classes, firsts, afters, months = zip(*bands, strict=True)
            cursor.execute(
                f"""
                {_OPENED}
                select customer.id, band.class, 'periodic', '{{}}', '', false, %(at)s, '', %(due)s, ''
                  from unnest(%(classes)s::text[], %(firsts)s::int[], %(afters)s::int[], %(months)s::int[])
                       as band(class, first, after, months)
                  join customers_customer customer
                    on customer.tier_rank >= band.first and customer.tier_rank < band.after
                  left join (select customer_id, archive_class, max(closed_at) as closed_at
                               from customers_review where outcome in ('confirmed', 'updated')
                              group by customer_id, archive_class) last
                    on last.customer_id = customer.id and last.archive_class = band.class
                 where customer.status = 'active'
                   and coalesce(last.closed_at, customer.created_at) + make_interval(months => band.months) <= %(at)s
                {_ONCE}
                """,
                {
                    "at": at,
                    "due": today + timedelta(days=periodic.days),
                    "classes": list(classes),
                    "firsts": list(firsts),
                    "afters": list(afters),
                    "months": list(months),
                },
            )
            opened += cursor.rowcount
        expiry = in_force.occasion("risk_expiry")
        if expiry:
            cursor.execute(
                f"""
                {_OPENED}
                select customer.id, %s, 'risk_expiry', '{{}}', '', false, %s, '', assessment.valid_until, ''
                  from customers_assessment assessment
                  join customers_customer customer on customer.id = assessment.customer_id
                 where assessment.is_current and assessment.valid_until <= %s
                   and customer.status = 'active' and customer.tier_rank >= %s
                {_ONCE}
                """,
                [expiry.archive_class, at, today + timedelta(days=expiry.days), expiry.from_rank],
            )
            opened += cursor.rowcount
    return opened


@transaction.atomic
def ask_for_review(
    *,
    customer: Customer,
    archive_class: ArchiveClass = ArchiveClass.INFORMATION,
    fields: Sequence[str] = (),
    note: str,
    at_counter: bool = False,
    actor: Staff,
    at: datetime,
) -> Review:
    """Ask that somebody looks at an archive; ``at_counter``: that the customer is asked at the next visit there (A1).

    Raises:
        ValidationError: nothing is said of what to update, or the same is asked for already.
    """
    permissions.check_edit(actor, customer)
    if not note.strip() and not fields:
        raise ValidationError({"note": _("Say what is to be updated.")})
    if Review.objects.filter(customer=customer, archive_class=archive_class, trigger=ASKED, outcome="").exists():
        raise ValidationError(_("This is asked for already. Close that reminder first, or add to it by word."))
    days = COUNTER_DAYS if at_counter else 30
    review = Review.objects.create(
        customer=customer,
        archive_class=archive_class,
        trigger=ASKED,
        fields=list(fields),
        note=note.strip()[:200],
        at_counter=at_counter,
        opened_at=at,
        opened_by=actor.name,
        due_on=at.astimezone(SHANGHAI).date() + timedelta(days=days),
    )
    record("customers.ask_for_review", actor=actor, at=at, target=customer, reason=note.strip()[:300])
    return review


@transaction.atomic
def close_review(*, review: Review, outcome: ReviewOutcome, note: str = "", actor: Staff, at: datetime) -> None:
    """Close a review with what came of it.

    Raises:
        ValidationError: it is closed already.
    """
    review = Review.objects.select_for_update().get(pk=review.pk)
    permissions.check_edit(actor, Customer.objects.get(pk=review.customer_id))
    if review.outcome:
        raise ValidationError(_("Somebody has closed this review already. Load the page again."))
    review.outcome, review.closed_at, review.closed_by = outcome, at, actor
    review.save(update_fields=["outcome", "closed_at", "closed_by"])
    record(
        "customers.close_review",
        actor=actor,
        at=at,
        target=review.customer,
        reason=note.strip()[:300],
        detail={"outcome": outcome.value, "trigger": review.trigger},
    )


def _open(rule: Occasion, customer_ids: Sequence[int], at: datetime) -> int:
    due = at.astimezone(SHANGHAI).date() + timedelta(days=rule.days)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {_OPENED}
            select id, %s, %s, '{{}}', '', false, %s, '', %s, ''
              from customers_customer
             where id = any(%s) and status <> 'closed' and tier_rank >= %s
            {_ONCE}
            """,
            [rule.archive_class, rule.trigger, at, due, list(customer_ids), rule.from_rank],
        )
        opened: int = cursor.rowcount
    return opened
