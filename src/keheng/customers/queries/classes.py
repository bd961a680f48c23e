"""Customers by the classes of A1 [004a], for precision marketing: age, sex, hobby, occupation, income, spending, risk.

A condition tells as much as a column, so it finds only customers of whom the reader is shown the field.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now, TruncDate

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Assessment, Customer
from keheng.customers.permissions import shown_to
from keheng.customers.privacy.fields import RISK
from keheng.org.models import Staff

_OLDEST = 200


def of_class(customers: "QuerySet[Customer]", reader: Staff, **wanted: Any) -> "QuerySet[Customer]":
    """Those of ``customers`` who are in every given class (names of ``CLASSES``); an empty value says nothing."""
    for name, value in wanted.items():
        if value is not None and value not in ("", []):
            field, condition = CLASSES[name]
            customers = customers.filter(shown_to(reader, field), condition(value))
    return customers


def _years_ago(years: int) -> Func:
    """The day so many years ago; today is the database's, in Shanghai."""
    today = TruncDate(Now(), tzinfo=SHANGHAI)
    return Func(today, Value(min(years, _OLDEST)), template="(%(expressions)s)", arg_joiner=" - interval '1 year' * ")


def _graded(any_of: list[str]) -> Exists:
    return Exists(Assessment.objects.filter(customer_id=OuterRef("pk"), is_current=True, grade__in=any_of))


CLASSES: Mapping[str, tuple[str, Callable[[Any], Q | Exists]]] = {
    "age_from": ("birth_date", lambda years: Q(birth_date__lte=_years_ago(years))),
    "age_to": ("birth_date", lambda years: Q(birth_date__gt=_years_ago(years + 1))),
    "birthday": ("birth_date", lambda month: Q(birth_date__month=month)),
    "sex": ("sex", lambda sex: Q(sex=sex)),
    "occupation": ("occupation", lambda part: Q(occupation__contains=part)),
    "income_from": ("annual_income", lambda amount: Q(person__annual_income__gte=amount)),
    "income_below": ("annual_income", lambda amount: Q(person__annual_income__lt=amount)),
    "interests": ("interests", lambda any_of: Q(person__interests__overlap=any_of)),
    "spending": ("spending_habit", lambda any_of: Q(person__spending_habit__in=any_of)),
    "investments": ("investments", lambda any_of: Q(sheet__investments__overlap=any_of)),
    "risk": (RISK, _graded),
}
"""The classified field and the condition of each class; completed years, amounts in CNY, both ages included."""
