"""The queue of a lobby: large customers first (decision 13), nobody without end, no ticket called twice at once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.care.enums.lobby import LobbyService, TicketState
from keheng.care.enums.ownership import ReferralAct
from keheng.care.models import LobbyTicket, Referral
from keheng.care.operations.lobby import call_next, close_ticket, recognise, refer_on, take_ticket
from keheng.care.operations.referring import answer_referral
from keheng.care.policies.lobby import LobbyRules, Waiting, call_order
from keheng.care.queries.lobby import lobby
from keheng.care.queries.rules import lobby_rules
from keheng.notices.models import Notice
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.operations import load_presets

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
RULES = LobbyRules(overtaken=20, long=15)
waiting = st.builds(
    Waiting,
    st.integers(1, 10**6),
    st.integers(0, 90).map(lambda minute: NOW - timedelta(minutes=minute)),
    st.booleans(),
)


@pytest.fixture
def outlet(db: None) -> Branch:
    load_presets()
    return BranchFactory.create()


@pytest.fixture
def manager(outlet: Branch) -> Staff:
    return StaffFactory.create(scope=DataScope.SUBTREE, permissions=("care.lobby", "customers.view"), branch=outlet)


def take(outlet: Branch, actor: Staff, minutes: int = 0) -> LobbyTicket:
    return take_ticket(branch=outlet, service=LobbyService.CASH, actor=actor, at=NOW - timedelta(minutes=minutes))


@given(st.lists(waiting, unique_by=lambda one: one.key, max_size=12))
def test_nobody_who_waited_long_enough_is_overtaken(standing: list[Waiting]) -> None:
    order = call_order(standing, RULES, NOW)
    assert sorted(order) == sorted(one.key for one in standing)
    by_key = {one.key: one for one in standing}
    for place, key in enumerate(order):
        if RULES.has_priority(NOW - by_key[key].taken_at):
            assert all(by_key[other].taken_at <= by_key[key].taken_at for other in order[:place])


def test_decision_13_large_customers_are_called_first_and_numbers_follow_the_day(
    outlet: Branch, manager: Staff
) -> None:
    first, second, third = take(outlet, manager, 10), take(outlet, manager, 5), take(outlet, manager, 1)
    assert [one.label for one in (first, second, third)] == ["A001", "A002", "A003"]
    owner = StaffFactory.create(branch=outlet)
    large = CustomerFactory.create(branch=outlet, owner=owner, tier="T5", tier_rank=5)
    recognise(ticket=third, customer=large, actor=manager, at=NOW)
    assert [one.pk for one in lobby(outlet, NOW).waiting] == [third.pk, first.pk, second.pk]
    notice = Notice.objects.get(staff=owner)
    assert large.name in notice.title
    assert call_next(branch=outlet, window="VIP", actor=manager, at=NOW) == third
    late = NOW + timedelta(minutes=lobby_rules().overtaken)
    assert call_next(branch=outlet, window="VIP", actor=manager, at=late) == first
    third.refresh_from_db()
    assert third.state == TicketState.SERVED, "whoever was served before is done"
    assert (
        take_ticket(branch=outlet, service=LobbyService.WEALTH, actor=manager, at=NOW + timedelta(days=1)).number == 1
    )


def test_what_is_closed_stays_closed(outlet: Branch, manager: Staff) -> None:
    ticket = take(outlet, manager)
    with pytest.raises(ValidationError, match="还没有叫号"):
        close_ticket(ticket=ticket, came=True, actor=manager, at=NOW)
    close_ticket(ticket=ticket, came=False, actor=manager, at=NOW)
    for refused in (
        lambda: close_ticket(ticket=ticket, came=False, actor=manager, at=NOW),
        lambda: call_next(branch=outlet, window="1", ticket=ticket, actor=manager, at=NOW),
        lambda: recognise(ticket=ticket, customer=CustomerFactory(branch=outlet), actor=manager, at=NOW),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert call_next(branch=outlet, window="1", actor=manager, at=NOW) is None


@pytest.mark.parametrize(
    ("scope", "permissions", "home", "may"),
    [
        (DataScope.SUBTREE, ("care.lobby",), True, True),
        (DataScope.OWN, ("care.lobby",), True, True),
        (DataScope.SUBTREE, ("care.lobby",), False, False),
        (DataScope.ALL, ("care.lobby",), False, True),
        (DataScope.ALL, (), True, False),
    ],
)
def test_who_may(outlet: Branch, scope: DataScope, permissions: tuple[str, ...], home: bool, may: bool) -> None:
    actor = StaffFactory.create(scope=scope, permissions=permissions, branch=outlet if home else BranchFactory.create())
    if may:
        assert take(outlet, actor).number == 1
        return
    with pytest.raises(PermissionDenied):
        take(outlet, actor)


def test_the_database_keeps_states_and_times_together(outlet: Branch, manager: Staff) -> None:
    ticket = take(outlet, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        LobbyTicket.objects.filter(pk=ticket.pk).update(state=TicketState.SERVED)


@pytest.mark.django_db(transaction=True)
def test_two_who_call_at_once_get_two_tickets(outlet: Branch) -> None:
    callers = [StaffFactory.create(scope=DataScope.OWN, permissions=("care.lobby",), branch=outlet) for _ in range(2)]
    take(outlet, callers[0], 2)
    take(outlet, callers[0], 1)
    barrier, called = Barrier(2), []

    def call(actor: Staff) -> None:
        barrier.wait()
        called.append(call_next(branch=outlet, window="1", actor=actor, at=NOW))
        connection.close()

    threads = [Thread(target=call, args=[actor]) for actor in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ticket.number for ticket in called if ticket} == {1, 2}


def test_the_page_gives_numbers_recognises_and_calls(
    client: Client, outlet: Branch, manager: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOW)
    customer = CustomerFactory.create(
        branch=outlet, name="陈国栋", tier="T5", tier_rank=5, id_number="330302198001011234"
    )
    CustomerFactory.create(name="陈国良", branch=BranchFactory.create())
    client.force_login(manager)
    address = reverse("care:lobby-of", args=[outlet.pk])
    assert "没有人在等候" in client.get(reverse("care:lobby")).content.decode()
    client.post(address, {"act": "take", "service": "D"})
    ticket = LobbyTicket.objects.get()
    found = client.post(reverse("care:lobby-who", args=[ticket.pk]), {"q": "1234"}).content.decode()
    assert "陈国栋" in found
    assert "陈国良" not in client.post(reverse("care:lobby-who", args=[ticket.pk]), {"q": "陈国"}).content.decode()
    client.post(address, {"act": "recognise", "ticket": ticket.pk, "customer": customer.pk})
    page = client.post(address, {"act": "call", "window": "3"}, headers={"HX-Request": "true", "HX-Target": "lobby"})
    assert "陈国栋" in page.content.decode()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.window, ticket.is_priority) == (TicketState.SERVING, "3", True)
    assert "没有人在等候" in client.post(address, {"act": "call"}).content.decode()


def test_a3_who_was_recognised_is_referred_out_of_the_queue_and_the_page_says_where_it_stands(
    client: Client, outlet: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOW)
    may = ("care.lobby", "care.refer", "care.view", "customers.view")
    lobby_manager = StaffFactory.create(scope=DataScope.SUBTREE, permissions=may, branch=outlet)
    taker = StaffFactory.create(permissions=("care.refer", "care.view", "customers.view"), branch=outlet, name="张经理")
    ticket = take(outlet, lobby_manager)
    client.force_login(lobby_manager)
    page, form = reverse("care:lobby-of", args=[outlet.pk]), reverse("care:lobby-refer", args=[ticket.pk])
    assert form not in client.get(page).content.decode()
    assert client.get(form).status_code == 404, "nobody was recognised"
    customer = CustomerFactory.create(branch=outlet, name="陈国栋")
    recognise(ticket=ticket, customer=customer, actor=lobby_manager, at=NOW)
    assert form in client.get(page).content.decode()
    assert client.post(form, {"taker": taker.pk, "need": ""}).status_code == 200
    assert client.post(form, {"taker": taker.pk, "need": "大额存单"}).status_code == 204
    referral = Referral.objects.get()
    assert (referral.giver, referral.taker, referral.customer) == (lobby_manager, taker, customer)
    assert "大额存单" in referral.need
    assert "A001" in referral.need
    assert Notice.objects.filter(staff=taker, kind="care.referral").exists()
    shown = client.get(page).content.decode()
    assert "张经理" in shown
    assert form not in shown, "once a day"
    answer_referral(referral=referral, act=ReferralAct.ACCEPT, actor=taker, at=NOW)
    assert "已接受" in client.get(page).content.decode()
    close_ticket(ticket=ticket, came=False, actor=lobby_manager, at=NOW)
    with pytest.raises(ValidationError):
        refer_on(ticket=ticket, taker=taker, need="x", actor=lobby_manager, at=NOW)


def test_queries_of_the_page_do_not_grow(
    client: Client, outlet: Branch, manager: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOW)
    client.force_login(manager)
    counts = []
    for _ in range(2):
        ticket = take(outlet, manager)
        recognise(ticket=ticket, customer=CustomerFactory.create(branch=outlet, owner=manager), actor=manager, at=NOW)
        client.get(reverse("care:lobby"))
        with CaptureQueriesContext(connection) as count:
            client.get(reverse("care:lobby"))
        counts.append(len(count))
    assert counts[0] == counts[1]
