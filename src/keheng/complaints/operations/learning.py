"""Keeping count of the words of complaints by cause, with each classification."""

from django.db import connection

from keheng.complaints.models import Cause
from keheng.complaints.queries.learning import keyed

_COUNT = """
    with counted as (
        insert into complaints_causecount (cause_id, complaints, terms) values (%(cause)s, 1, %(number)s)
        on conflict (cause_id) do update set complaints = complaints_causecount.complaints + 1,
                                             terms = complaints_causecount.terms + excluded.terms
    )
    insert into complaints_termcount (term, cause_id, count)
    select term, %(cause)s, 1 from unnest(%(terms)s::bigint[]) as learned(term) order by term
    on conflict (term, cause_id) do update set count = complaints_termcount.count + 1
"""
_FORGET = """
    with counted as (
        update complaints_causecount
           set complaints = greatest(complaints - 1, 0), terms = greatest(terms - %(number)s, 0)
         where cause_id = %(cause)s
    )
    update complaints_termcount set count = greatest(count - 1, 0)
     where cause_id = %(cause)s and term = any(%(terms)s::bigint[])
"""


def learn(cause: Cause, text: str) -> None:
    """Count a complaint's words for its cause."""
    _run(_COUNT, cause, text)


def forget(cause: Cause, text: str) -> None:
    """Take them back: it was classified anew."""
    _run(_FORGET, cause, text)


def _run(statement: str, cause: Cause, text: str) -> None:
    found = sorted(set(keyed(text)))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"cause": cause.pk, "terms": found, "number": len(found)})
