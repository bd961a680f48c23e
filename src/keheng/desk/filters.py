"""The filters of the customer list, with the tiers in force."""

import django_filters
from django.utils.translation import gettext_lazy as _

from keheng.customers.filters import CustomerFilter
from keheng.tiering.queries.schemes import tiers_by_kind


def shown_tiers() -> list[tuple[str, str]]:
    """The tiers that customers of any kind show, best first; a code that two kinds share stands once."""
    named = {label.code: label.name for labels in tiers_by_kind().values() for label in labels.values()}
    return list(named.items())


class DeskCustomerFilter(CustomerFilter):
    tier = django_filters.MultipleChoiceFilter(choices=shown_tiers, label=_("Tier"))
