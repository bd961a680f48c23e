"""The two ways to change rules, on tables that use them: events (one person) and the catalogue of services (two)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from tests.factories import StaffFactory

from keheng.audit.models import Entry
from keheng.org.models import Staff
from keheng.outreach.models import RuleVersion
from keheng.outreach.queries.rules import RULES
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.operations.catalogue import CATALOGUE, load_presets
from keheng.versions.models import VersionByOne, VersionByTwo
from keheng.versions.operations import change, propose, ship
from keheng.versions.queries import History, history, version_on

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def changed(days: int, actor: Staff, reason: str = "试") -> RuleVersion | None:
    content = RULES.in_force().rules.model_dump(mode="json") | {"complaint_days": days}
    return change(RULES, content=content, reason=reason, action="outreach.change_rules", actor=actor, at=AT)


def tables(base: type[models.Model]) -> Iterator[type[models.Model]]:
    for model in base.__subclasses__():
        if not model._meta.abstract:
            yield model
        yield from tables(model)


@pytest.mark.django_db
def test_one_person_puts_the_next_version_in_force_and_the_trail_tells_what_differs() -> None:
    actor, before = StaffFactory.create(), RULES.in_force()
    assert (before.number, before.rules) == (1, RULES.shipped())
    assert changed(before.rules.complaint_days, actor) is None, "nothing differs"
    made = changed(7, actor, "  年度调整 ")
    assert made is not None
    assert (made.number, made.reason, made.made_by, str(made)) == (2, "年度调整", actor, "v2")
    assert (RULES.in_force().number, RULES.in_force().rules.complaint_days) == (2, 7)
    entry = Entry.objects.get(action="outreach.change_rules")
    told = f"complaint_days: {before.rules.complaint_days} → 7"
    assert entry.detail == {"version": 2, "changed": [told]}


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_rules_without_a_reason_or_beside_their_shape_leave_what_is_in_force() -> None:
    actor = StaffFactory.create()
    with pytest.raises(ValidationError, match="Say why"):
        changed(7, actor, " ")
    with pytest.raises(ValidationError, match="complaint_days"):
        changed(-1, actor)
    with pytest.raises(ValidationError, match="“rules”"):
        change(RULES, content=[], reason="x", action="x", actor=actor, at=AT)  # type: ignore[arg-type]
    assert not RuleVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_follows_the_first() -> None:
    actor, ready = StaffFactory.create(), Barrier(2)

    def run(days: int) -> None:
        ready.wait()
        try:
            changed(days, actor)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[days]) for days in (5, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(RuleVersion.objects.values_list("number", flat=True)) == {2, 3}


@pytest.mark.django_db
def test_what_ships_by_two_people_is_the_first_version_and_stays() -> None:
    load_presets()
    ship(CATALOGUE, {"anything": "else"}, note="again")
    version = version_on(CatalogueVersion, date(2020, 5, 1))
    assert (version.number, version.set_by, version.proposed_by) == (1, None, None)
    with pytest.raises(LookupError):
        version_on(CatalogueVersion, date(1999, 12, 31))


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_a_proposal_has_a_reason_and_rules_that_can_be_and_differ() -> None:
    load_presets()
    held = CatalogueVersion.objects.get()
    given: dict[str, Any] = {"held": held, "title": "x", "actor": StaffFactory.create(), "at": AT}
    for definition, reason, words in (
        (held.definition, "x", "Nothing has changed"),
        ({**held.definition, "businesses": held.definition["businesses"] * 2}, "x", ".+"),
        (held.definition, " ", "Say why"),
    ):
        with pytest.raises(ValidationError, match=words):
            propose(CATALOGUE, definition=definition, reason=reason, **given)


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(tables(VersionByTwo)), ids=lambda model: model._meta.label)
def test_a15_no_table_takes_a_version_that_one_person_proposed_and_set(model: Any) -> None:
    known = {field.name for field in model._meta.fields}
    actor = StaffFactory.create()
    values: dict[str, Any] = {"valid_from": AT.date(), "number": 99, "definition": {}}
    given = {name: value for name, value in values.items() if name in known}
    with pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        model.objects.create(**given, proposed_by=actor, set_by=actor)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [*tables(VersionByOne), *tables(VersionByTwo)], ids=lambda model: model._meta.label)
def test_the_database_lets_no_version_be_changed_or_deleted(model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_triggerdef(oid) from pg_trigger where tgrelid = %s::regclass and not tgisinternal",
            [model._meta.db_table],
        )
        triggers = " ".join(definition for (definition,) in cursor.fetchall())
    assert "BEFORE DELETE OR UPDATE" in triggers


@pytest.mark.django_db
def test_the_history_ends_with_what_ships() -> None:
    actor = StaffFactory.create(name="王五")
    changed(5, actor, "第一次")
    changed(6, actor, "第二次")
    whole, part = RULES.history(), RULES.history(most=2)
    assert ([one.number for one in whole.rows], whole.shipped) == ([3, 2], 1)
    assert ([one.number for one in part.rows], part.shipped) == ([3, 2], None)
    page = card(whole)
    assert page.index("第二次") < page.index("第一次") < page.index("随产品提供")
    assert page.count("王五") == 2


@pytest.mark.django_db
def test_the_history_of_two_people_names_both(django_assert_num_queries: Any) -> None:
    load_presets()
    one, other = StaffFactory.create(name="甲某"), StaffFactory.create(name="乙某")
    CatalogueVersion.objects.create(
        number=2, valid_from=AT.date(), definition={}, note="会议", proposed_by=one, set_by=other, set_at=AT
    )
    with django_assert_num_queries(1):
        page = card(history(CatalogueVersion.objects.all()))
    for words in ("提议人", "甲某", "批准人", "乙某", "会议", "随产品提供"):
        assert words in page, words


def card(found: History) -> str:
    return render_to_string("versions/history.html", {"history": found}, RequestFactory().get("/"))
