"""Two people edit one customer: nobody's values are lost, and the second is shown what differs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.models import Customer, Person
from keheng.customers.operations import EditConflictError
from keheng.customers.policies.editing import settle
from keheng.customers.queries.archive import archive_of, mark_of

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
FIELDS = ("occupation", "employer", "position")

marks = st.sampled_from(["a", "b", "c"])
states = st.fixed_dictionaries(dict.fromkeys(FIELDS, marks))


@given(mine=states, seen=states, present=states)
def test_no_value_of_another_is_overwritten_unseen(
    mine: dict[str, str], seen: dict[str, str], present: dict[str, str]
) -> None:
    outcome = settle(mine, seen, present)
    assert not outcome.written & outcome.contested
    for code in FIELDS:
        if code in outcome.written:
            assert present[code] in (seen[code], mine[code])
        elif code in outcome.contested:
            assert len({mine[code], seen[code], present[code]}) == 3 or present[code] != seen[code] != mine[code]
        else:
            assert mine[code] == seen[code]  # not the editor's business


def seen_by(customer: Customer) -> dict[str, str]:
    archive = archive_of(Customer.objects.get(pk=customer.pk))
    return {code: mark_of(archive.encoded(code)) for code in FIELDS}


def edit(customer: Customer, seen: dict[str, str], **facts: Any) -> None:
    fresh = Customer.objects.get(pk=customer.pk)
    operations.change_customer(customer=fresh, facts=facts, seen=seen, actor=StaffFactory.create(), at=AT)


@pytest.mark.django_db
def test_edits_of_different_fields_both_stand() -> None:
    customer = CustomerFactory.create(occupation="个体户")
    seen = seen_by(customer)
    edit(customer, seen, occupation="企业主", employer="")
    edit(customer, seen, occupation="个体户", employer="鑫恒鞋业")  # the second form still shows 个体户
    assert Customer.objects.get().occupation == "企业主"
    assert Person.objects.get().employer == "鑫恒鞋业"


@pytest.mark.django_db
def test_the_second_editor_is_shown_what_differs_and_nothing_is_written() -> None:
    customer = CustomerFactory.create(occupation="个体户")
    seen = seen_by(customer)
    edit(customer, seen, occupation="企业主")
    with pytest.raises(EditConflictError) as caught:
        edit(customer, seen, occupation="教师", employer="温州中学")
    (difference,) = caught.value.differences
    assert (difference.code, difference.theirs, difference.mine) == ("occupation", "企业主", "教师")
    assert difference.origin.is_person
    assert not Person.objects.exists()
    edit(customer, caught.value.present, occupation="教师", employer="温州中学")  # having seen it, the editor decides
    assert Customer.objects.get().occupation == "教师"
    assert Person.objects.get().employer == "温州中学"


@pytest.mark.django_db
def test_two_who_say_the_same_do_not_disturb_each_other() -> None:
    customer = CustomerFactory.create(occupation="个体户")
    seen = seen_by(customer)
    edit(customer, seen, occupation="教师")
    edit(customer, seen, occupation="教师")
    assert Customer.objects.get().occupation == "教师"
