"""Why somebody is protected from downgrades: told in their copy, gone when they are made anonymous (PIPL 45, 47)."""

import pytest
from django.db import connection
from tests.factories import CustomerFactory
from tests.tiering.test_protection import ask, of_role

from keheng.approvals import operations as approvals
from keheng.approvals.models import Request
from keheng.customers.privacy import erasure
from keheng.customers.privacy.copies import copy_of
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering.models import Protected, Scheme

pytestmark = pytest.mark.django_db
WORDS = "本人重病，家属协商"


def test_pipl_45_47_the_reason_of_a_protection_is_told_and_erased() -> None:
    load_organisation()
    approvals.load_presets()
    of_role("head-office-manager")  # the second person
    customer, other = CustomerFactory.create(name="欧阳若兰"), CustomerFactory.create()
    scheme, head = Scheme.objects.get(code="bank-retail"), of_role("head-office-manager")
    held = ask(scheme, customer, head, reason=WORDS)
    kept = ask(scheme, other, head, reason="另一位客户")
    (table,) = [table for table in copy_of(customer) if table.title == "降级保护"]
    assert [row[1] for row in table.rows] == [WORDS]
    with connection.cursor() as cursor:
        erasure.erase(cursor, [customer.pk])
    held.refresh_from_db()
    assert (held.reason, held.state) == ("", "waiting")
    request = Request.objects.get(subject_type="tiering.protected", subject_id=held.pk)
    assert (request.reason, request.subject_label) == ("", "")
    assert Protected.objects.get(pk=kept.pk).reason == "另一位客户"
    assert Request.objects.get(subject_id=kept.pk).reason == "另一位客户"
