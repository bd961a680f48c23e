from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.test import RequestFactory
from tests.factories import CustomerFactory, StaffFactory

from keheng.audit import actions, changes, context, queries, words
from keheng.audit.enums import Outcome
from keheng.audit.middleware import network_address, origin
from keheng.audit.models import Entry
from keheng.audit.operations import record
from keheng.audit.words import changes_of as changes_in_words
from keheng.audit.words import summary_of
from keheng.common.events import publish
from keheng.customers.archive.history import changes_of
from keheng.customers.models import Customer
from keheng.ui.events import ListExported

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_trail_is_append_only() -> None:
    entry = record("org.test", actor=StaffFactory.create(), at=AT)
    for attempt in (
        lambda: Entry.objects.filter(pk=entry.pk).update(reason="x"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: connection.cursor().execute("update audit_entry set actor_name = 'x'"),
        lambda: connection.cursor().execute("delete from audit_entry"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Entry.objects.get().reason == ""


def test_an_entry_outlives_account_and_record() -> None:
    actor, customer = StaffFactory.create(name="林建峰"), CustomerFactory.create(name="黄雅琴")
    record("customers.change", actor=actor, at=AT, target=customer)
    actor_id, customer_id = actor.pk, customer.pk
    customer.delete()
    actor.delete()
    entry = Entry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.target_id, entry.target_label) == (
        actor_id,
        "林建峰",
        customer_id,
        "黄雅琴",
    )


def test_what_is_undone_is_not_in_the_trail() -> None:
    with transaction.atomic():
        record("org.test", actor=StaffFactory.create(), at=AT)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_the_network_address_comes_from_the_request() -> None:
    actor = StaffFactory.create()
    with context.coming_from("10.1.2.3"):
        record("org.test", actor=actor, at=AT)
    record("org.test", actor=actor, at=AT)
    assert list(Entry.objects.order_by("pk").values_list("address", flat=True)) == ["10.1.2.3", None]


@pytest.mark.parametrize(
    ("https", "remote", "forwarded", "address"),
    [
        (False, "10.1.2.3", "1.1.1.1", "10.1.2.3"),  # nobody in front: the header is anybody's claim
        (True, "127.0.0.1", "1.1.1.1, 10.9.9.9", "10.9.9.9"),
        (True, "127.0.0.1", "", None),
        (True, "127.0.0.1", None, "127.0.0.1"),
        (False, "", None, None),
        (False, "2001:db8::1", None, "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_that_the_own_proxy_has_seen(
    settings: object, https: bool, remote: str, forwarded: str | None, address: str | None
) -> None:
    settings.HTTPS = https  # type: ignore[attr-defined]
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, **headers)
    assert network_address(request) == address


@pytest.mark.django_db(transaction=True)
def test_the_middleware_names_the_actor_in_the_row_history_of_writing_requests_only() -> None:
    actor, customer = StaffFactory.create(name="林建峰"), CustomerFactory.create()

    def view(request: object) -> HttpResponse:
        Customer.objects.filter(pk=customer.pk).update(occupation=Concat("occupation", Value("!")))
        return HttpResponse(context.address())

    for method in ("post", "get"):
        request = getattr(RequestFactory(), method)("/", REMOTE_ADDR="10.1.2.3")
        request.user = actor
        assert origin(view)(request).content == b"10.1.2.3"
    assert context.address() is None
    customer.refresh_from_db()
    assert [(change.after, change.actor) for change in changes_of(customer)] == [("!!", ""), ("!", "林建峰")]


def test_an_export_stands_in_the_trail(django_capture_on_commit_callbacks: object) -> None:
    actor = StaffFactory.create(name="林建峰")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        publish(ListExported(actor=actor, list_key="customers", form="xlsx", rows=20, filters="Tier: T4", at=AT))
    entry = Entry.objects.get()
    assert (entry.action, entry.actor_name) == ("ui.export", "林建峰")
    assert entry.detail == {"list": "customers", "form": "xlsx", "rows": 20, "filters": "Tier: T4"}


def test_history_of_a_record_is_its_own_and_newest_first() -> None:
    actor, (one, other) = StaffFactory.create(), CustomerFactory.create_batch(2)
    for hour, target in ((1, one), (2, other), (3, one), (4, one.branch)):
        record("customers.change", actor=actor, at=AT.replace(hour=hour), target=target)
    assert [entry.at.hour for entry in queries.history_of(one)] == [3, 1]
    assert [entry.at.hour for entry in queries.history_of(one, before=AT.replace(hour=3))] == [1]


# -- changes and words ------------------------------------------------------------------------------------------------


def test_setting_fields_tells_what_changed_and_never_a_sealed_value() -> None:
    customer = CustomerFactory.create(name="黄雅琴", id_number="11010519491231002X")
    told = changes.apply(
        customer, name="黄雅", occupation="", status="dormant", id_number="330302197411120024", birth_date=AT.date()
    )
    assert told == {
        "name": ["黄雅琴", "黄雅"],
        "status": ["active", "dormant"],
        "id_number": ["****", "****"],
        "birth_date": [None, "2026-11-22"],
    }
    assert customer.name == "黄雅"
    assert Customer.objects.get().name == "黄雅琴"  # not saved


def test_an_entry_reads_in_words() -> None:
    detail = {"changes": {"status": ["active", "dormant"], "do_not_disturb": ["False", "True"]}, "count": 1234}
    entry = record(
        "customers.change", actor=StaffFactory.create(), at=AT, target=CustomerFactory.create(), detail=detail
    )
    assert words.kind_name(entry.target_type) == "customer"
    assert words.summary_of(entry) == ("status: Active → Dormant; do not disturb: no → yes; how many: 1,234")


def test_what_nobody_has_named_reads_as_its_code() -> None:
    entry = Entry(action="gone.verb", target_type="gone.model", detail={"changes": {"x": [None, "1"]}, "y": ["a", "b"]})
    assert words.action_of(entry) == "gone.verb"
    assert words.kind_name(entry.target_type) == "gone.model"
    assert words.summary_of(entry) == "x: — → 1; y: a、b"


def test_a_revealed_field_is_named() -> None:
    entry = Entry(action="customers.reveal", target_type="customers.customer", detail={"field": "id_number"})
    assert words.summary_of(entry) == "field: document number"


def test_declared_actions_are_found_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_actions", {})
    actions.declare({"b.x": "Later", "a.x": "Sooner"})
    assert actions.declared() == [("a.x", "Sooner"), ("b.x", "Later")]
    assert actions.name_of("a.x") == "Sooner"


def test_failures_have_no_actor() -> None:
    entry = record("org.sign_in", actor=None, at=AT, outcome=Outcome.REFUSED)
    assert (entry.actor_id, entry.actor_name) == (None, "")


def test_work_on_many_rows_may_tell_only_how_many_changed() -> None:
    entry = Entry(action="tiering.run", detail={"changes": 12})
    assert changes_in_words(entry) == []
    assert "12" in summary_of(entry)
