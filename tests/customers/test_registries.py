"""What is kept of a customer is answered for: erased or declared to hold nothing personal, told in a copy or not."""

from django.apps import apps
from django.db import models

from keheng.customers.models import Customer
from keheng.customers.privacy import erasure

KEEPS_NOTHING_PERSONAL = {
    # archives of companies, which are not erased (PIPL concerns natural persons)
    "customers_company", "customers_companyevent", "customers_keycontact", "customers_cooperation",
    "customers_competitor", "customers_project", "customers_groupmember",
    "tiering_strategicentry", "tiering_valuefact", "tiering_valuescore",
    # figures, grades and dates, of nobody any more once the customer is anonymous
    "customers_archivescore", "customers_crowdedkey", "customers_automatedrefusal",
    "portfolio_holding", "portfolio_currentfigures", "portfolio_monthendfigures", "portfolio_monthactivity",
    "portfolio_daymovement", "tiering_proposal",
    "care_lobbyticket", "tiering_standing", "tiering_move", "tiering_dryrunmove",
}  # fmt: skip
"""Tables that point to customers and stay as they are. One added later is erased, or declared here with its reason."""

_PLAIN_KEYS = {"customer_id", "survivor_id", "lost_id", "subject_customer_id"}


def test_every_table_of_a_customer_is_erased_or_declared_to_keep_nothing_personal() -> None:
    answered = erasure.erased_tables() | KEEPS_NOTHING_PERSONAL
    assert {table for table in _tables_of_customers() if table not in answered} == set()


def test_nothing_is_declared_that_is_not_there_or_erased_all_the_same() -> None:
    assert set(_tables_of_customers()) >= KEEPS_NOTHING_PERSONAL
    assert not erasure.erased_tables() & KEEPS_NOTHING_PERSONAL


def _tables_of_customers() -> list[str]:
    """The tables with a key of a customer, also a plain one, and those of the history of such rows."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and any(map(_is_of_customer, model._meta.local_fields))
    )


def _is_of_customer(field: "models.Field[object, object]") -> bool:
    return (field.is_relation and field.related_model is Customer) or field.column in _PLAIN_KEYS
