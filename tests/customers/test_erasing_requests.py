"""Requests for approval repeat what people wrote of customers: the words of every kind go with them (PIPL 47)."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, models
from tests.customers.test_erasing import traces
from tests.factories import CustomerFactory, StaffFactory, head_office

from keheng.approvals import kinds
from keheng.approvals import operations as approvals
from keheng.approvals.enums import Act, State
from keheng.approvals.models import LimitTable, Request, Step
from keheng.audit.operations import record
from keheng.common import clock
from keheng.customers.models import Customer, EmergencyAccess, Unification
from keheng.customers.privacy import erasure
from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.org.operations import load_presets as load_organisation

pytestmark = pytest.mark.django_db
NAME = "欧阳若兰"
WORDS = f"{NAME}本人要求"

# Where each kind's subject hangs: from its model down to the row that has the key of the customer.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "care.adopt_beyond": ("customers.Customer",),
    "care.hand_over": ("care.HandOver", "care.HandOverItem"),
    "complaints.compensation": ("complaints.Compensation", "complaints.Complaint"),
    "complaints.extension": ("complaints.Complaint",),
    "complaints.letter": ("complaints.Letter", "complaints.Complaint"),
    "complaints.plan": ("complaints.Complaint",),
    "service_requests.closing": ("service_requests.ServiceRequest",),
    "tiering.downgrade": ("tiering.Proposal",),
    "tiering.protect": ("tiering.Protected",),
    "tiering.upgrade": ("tiering.Proposal",),
}
_ZERO = {
    "bool": "false", "int2": "1", "int4": "1", "int8": "1", "numeric": "1", "jsonb": "'{}'",
    "date": "current_date", "timestamptz": "now()", "varchar": "''", "text": "''",
}  # fmt: skip
_UNIQUE = "left(gen_random_uuid()::text, 12)"
_VALUES: dict[str, dict[str, str]] = {
    "care_handover": {"giver_id": "1", "taker_id": "2"},
    "complaints_complaint": {"state": "'registered'", "number": _UNIQUE},
    "service_requests_servicerequest": {"number": _UNIQUE},
    "tiering_proposal": {"state": "'open'"},
}


def bare_row(model: type[models.Model], **keys: int) -> int:
    """A row with nothing in it but these keys: what it points to need not be there, as it is gone before the check."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, udt_name from information_schema.columns where table_name = %s"
            " and is_nullable = 'NO' and is_identity = 'NO' and column_default is null",
            [table],
        )
        values = {name: _ZERO.get(kind, "'{}'") for name, kind in cursor.fetchall()}
        values |= _VALUES.get(table, {}) | {name: str(key) for name, key in keys.items()}
        columns = ", ".join(f'"{name}"' for name in values)
        cursor.execute(f"insert into {table} ({columns}) values ({', '.join(values.values())}) returning id")
        return int(cursor.fetchone()[0])


def subject_of(kind: str, customer: Customer) -> tuple[int, list[tuple[str, int]]]:
    """A subject of the kind that concerns the customer, and the bare rows made for it."""
    named, *rest = [apps.get_model(name) for name in SUBJECTS[kind]]
    if named is Customer:
        return customer.pk, []
    if not rest:
        made = bare_row(named, customer_id=customer.pk)
        return made, [(named._meta.db_table, made)]
    (other,) = rest
    if other.__name__ == "HandOverItem":
        made = bare_row(named)
        item = bare_row(other, hand_over_id=made, customer_id=customer.pk)
        return made, [(other._meta.db_table, item), (named._meta.db_table, made)]
    above = bare_row(other, customer_id=customer.pk)
    made = bare_row(named, complaint_id=above)
    return made, [(named._meta.db_table, made), (other._meta.db_table, above)]


def request_about(kind: str, subject: int, asker: Staff, **more: Any) -> Request:
    """A decided request with the customer's name wherever words may stand, its step and its trace."""
    at = clock.now()
    words: dict[str, Any] = {"title": f"{WORDS}：办理", "subject_label": NAME, "reason": WORDS, "answer": WORDS} | more
    request = Request.objects.create(
        kind=kind,
        subject_type="any",
        subject_id=subject,
        branch=head_office(),
        requester=asker,
        requested_at=at,
        table=LimitTable.objects.filter(kind="").latest("number"),
        level=1,
        due_at=at,
        state=State.RETURNED,
        decided_at=at,
        decided_by=StaffFactory.create(),
        payload={"evidence": [["依据", WORDS]], "extension": 7},
        **words,
    )
    Step.objects.create(request=request, act=Act.RETURN, actor=asker, reason=WORDS, level=1, at=at)
    record("approvals.return", actor=asker, at=at, target=request, reason=WORDS)
    return request


@pytest.fixture
def asker(db: None) -> Staff:
    load_organisation()
    approvals.load_presets()
    return StaffFactory.create()


def test_pipl_47_every_kind_of_request_is_answered_for_once() -> None:
    personal, impersonal = erasure.answered_kinds()
    assert not personal & impersonal
    assert personal | impersonal == {code for code in kinds.kinds() if not code.startswith("trial.")}
    assert personal == set(SUBJECTS)


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_pipl_47_a_request_of_each_kind_keeps_no_word_about_who_was_erased(kind: str, asker: Staff) -> None:
    customer, other = CustomerFactory.create(), CustomerFactory.create()
    (subject, rows), (kept, more) = subject_of(kind, customer), subject_of(kind, other)
    request = request_about(kind, subject, asker)
    stays = request_about(kind, kept, asker, reason="另一位", title="另一位", subject_label="另一位", answer="另一位")
    with connection.cursor() as cursor:
        erasure.erase(cursor, [customer.pk])
        with pgtrigger.ignore():
            for table, key in [*rows, *more]:
                cursor.execute(f"delete from {table} where id = {key}")
    request.refresh_from_db()
    assert (request.title, request.subject_label, request.reason, request.answer) == (
        str(kinds.kind_of(kind).name), "", "", "",
    )  # fmt: skip
    assert request.payload == {"extension": 7}
    assert (request.state, request.requester) == (State.RETURNED, asker)
    assert list(request.steps.values_list("act", "reason")) == [(Act.RETURN, "")]
    stays.refresh_from_db()
    assert (stays.title, stays.reason, stays.payload["evidence"]) == ("另一位", "另一位", [["依据", WORDS]])


def test_pipl_47_nothing_of_a_request_is_left_in_any_table(asker: Staff) -> None:
    customer = CustomerFactory.create(name=NAME)
    request_about("care.adopt_beyond", customer.pk, asker)
    assert {found.split(":")[0] for found in traces(NAME)} >= {"approvals_request", "approvals_step", "audit_entry"}
    with connection.cursor() as cursor:
        erasure.erase(cursor, [customer.pk])
    assert traces(NAME) == []


def test_pipl_47_notices_go_by_the_key_of_the_customer_so_namesakes_keep_theirs(asker: Staff) -> None:
    customer, namesake = CustomerFactory.create(name=NAME), CustomerFactory.create(name=NAME)
    mine, theirs = (request_about("care.adopt_beyond", one.pk, asker) for one in (customer, namesake))
    access, other = (
        EmergencyAccess.objects.create(
            customer=one,
            actor=asker,
            reason=WORDS,
            opened_at=clock.now(),
            expires_at=clock.now() + timedelta(minutes=30),
        )
        for one in (customer, namesake)
    )
    told: dict[str, Any] = {"staff": asker, "kind": "care.given", "at": clock.now(), "title": f"{NAME}在大厅"}

    def notices(who: Customer, request: Request, opened: EmergencyAccess) -> list[Notice]:
        page = f"/customers/{who.pk}/"
        pages = [page, f"{page}?tab=owners", request.get_absolute_url(), opened.get_absolute_url()]
        return [Notice.objects.create(url=url, **told) for url in pages]

    gone, kept = notices(customer, mine, access), notices(namesake, theirs, other)
    kept += [Notice.objects.create(url=f"/customers/{customer.pk}1/", **told), Notice.objects.create(**told)]
    with connection.cursor() as cursor:
        erasure.erase(cursor, [customer.pk])
    assert not Notice.objects.filter(pk__in=[notice.pk for notice in gone]).exists()
    assert list(Notice.objects.order_by("pk")) == kept


def test_pipl_47_notices_of_an_archive_that_was_merged_into_theirs_go_too(asker: Staff) -> None:
    survivor, lost = CustomerFactory.create(), CustomerFactory.create()
    at = clock.now()
    Unification.objects.create(survivor=survivor, lost_id=lost.pk, lost_number=lost.number, made_by=asker, made_at=at)
    Notice.objects.create(staff=asker, kind="care.given", title="到店", url=f"/customers/{lost.pk}/", at=at)
    with connection.cursor() as cursor:
        erasure.erase(cursor, [survivor.pk])
    assert not Notice.objects.exists()
