"""Who is shown how much: the full matrix of role × level × field, the rules as versions, every way out (A15)."""

from importlib import resources
from itertools import product
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.enums import (
    Confidentiality,
    CustomerStatus,
    Disclosure,
    FieldClass,
    FieldGroup,
    ReaderKind,
    RuleTopic,
)
from keheng.customers.models import Company, Customer, Person, RuleVersion, Sheet
from keheng.customers.operations import reveal
from keheng.customers.operations.rules import change_rules
from keheng.customers.policies.disclosure import SEALED, ConfidentialityRules, Reader, cells, disclose
from keheng.customers.privacy.fields import UnknownFieldError, catalogue, field_of
from keheng.customers.queries.rules import confidentiality_rules, preset
from keheng.org.enums import DataScope
from keheng.org.models import Role
from keheng.org.operations import load_presets

RULES = preset(RuleTopic.CONFIDENTIALITY)
assert isinstance(RULES, ConfidentialityRules)
HIDDEN, MASKED, REVEAL, OPEN = Disclosure
FIELDS = {
    "name": FieldGroup.LISTING,
    "birth_date": FieldGroup.BASIC,
    "id_number": FieldGroup.IDENTITY,
    "mobile": FieldGroup.CONTACT,
    "contact.12": FieldGroup.CONTACT,
    "account.7": FieldGroup.ACCOUNT,
    "guardian": FieldGroup.FAMILY,
    "annual_income": FieldGroup.FINANCE,
    "grade": FieldGroup.FINANCE,
    "custom.car": FieldGroup.FINANCE,
    "dossier": FieldGroup.FINANCE,
    "photo": FieldGroup.MEDIA,
    "password": FieldGroup.SECRET,
}

readers = st.builds(
    Reader,
    clearance=st.sampled_from(Confidentiality),
    is_owner=st.booleans(),
    may_reveal=st.booleans(),
    emergency=st.booleans(),
)


# -- the policy -------------------------------------------------------------------------------------------------------


@given(level=st.sampled_from(Confidentiality), reader=readers, group=st.sampled_from(FieldGroup))
def test_more_capacities_never_show_less(level: Confidentiality, reader: Reader, group: FieldGroup) -> None:
    shown = disclose(RULES.matrix, level=level, reader=reader, group=group)
    fewer = Reader(Confidentiality.ORDINARY, may_reveal=reader.may_reveal)
    assert shown >= disclose(RULES.matrix, level=level, reader=fewer, group=group)


@given(reader=readers, group=st.sampled_from(FieldGroup))
def test_a_stricter_level_never_shows_more(reader: Reader, group: FieldGroup) -> None:
    shown = [disclose(RULES.matrix, level=level, reader=reader, group=group) for level in Confidentiality]
    assert shown == sorted(shown, reverse=True)


@given(level=st.sampled_from(Confidentiality), reader=readers, group=st.sampled_from(sorted(SEALED)))
def test_sealed_values_open_only_with_the_permission(level: Confidentiality, reader: Reader, group: FieldGroup) -> None:
    shown = disclose(RULES.matrix, level=level, reader=reader, group=group)
    assert reader.may_reveal or shown <= Disclosure.MASKED


@given(level=st.sampled_from(Confidentiality), reader=readers)
def test_jrt0171_c3_is_shown_to_nobody(level: Confidentiality, reader: Reader) -> None:
    assert disclose(RULES.matrix, level=level, reader=reader, group=FieldGroup.SECRET) == Disclosure.HIDDEN


def test_a15_every_cell_of_the_preset() -> None:
    """The whole table, row by row: levels 1, 2, 3, each to ordinary, restricted, strict, owner, emergency."""
    expected = {
        "listing": "ooooo ooooo ooooo",
        "basic": "ooooo ooooo hhooo",
        "identity": "rrrrr mrrrr mmrrr",
        "contact": "rrrrr mrrrr mmrrr",
        "family": "ooooo hoooo hhooo",
        "finance": "ooooo hoooo hhooo",
        "account": "rrrrr mrrrr mmrrr",
        "media": "rrror hrror hhror",
        "secret": "hhhhh hhhhh hhhhh",
    }
    found: dict[str, str] = {}
    for group in FieldGroup:
        rows = [
            "".join(RULES.matrix[group][level][reader].name[0].lower() for reader in ReaderKind)
            for level in Confidentiality
        ]
        found[group.value] = " ".join(rows)
    assert found == expected


# -- the permission: role × level × field -----------------------------------------------------------------------------


_PRESET = yaml.safe_load(resources.files("keheng.org").joinpath("presets/roles.yaml").read_text())
ROLES = [role["code"] for role in _PRESET if role["code"] != "system"]
STRICT_ROLES = {"head-office-manager", "risk-officer", "branch-head", "deputy-branch-head"}
RESTRICTED_ROLES = STRICT_ROLES | {"outlet-head", "deputy-outlet-head", "rm-supervisor"}
REVEALING = RESTRICTED_ROLES | {"relationship-manager", "wealth-manager", "complaint-officer", "service-manager",
                                "corporate-manager", "corporate-director"}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a15_role_by_level_by_field(role: str) -> None:
    load_presets()
    actor = StaffFactory.create(branch=BranchFactory.create(), role=Role.objects.get(code=role))
    owner = actor if actor.scope == DataScope.OWN else None
    clearance = 3 if role in STRICT_ROLES else 2 if role in RESTRICTED_ROLES else 1
    for level, is_owner in product((1, 2, 3), (False, True)):
        mine = owner is not None or is_owner
        customer = CustomerFactory.create(branch=actor.branch, owner=actor if mine else None, confidentiality=level)
        inside = mine or clearance >= level
        sealed = MASKED if role not in REVEALING else (REVEAL if inside else MASKED)
        expected = {
            "name": OPEN,
            "birth_date": OPEN if inside or level < 3 else HIDDEN,
            "id_number": sealed,
            "mobile": sealed,
            "contact.12": sealed,
            "account.7": sealed,
            "guardian": OPEN if inside else HIDDEN,
            "annual_income": OPEN if inside else HIDDEN,
            "grade": OPEN if inside else HIDDEN,
            "custom.car": OPEN if inside else HIDDEN,
            "dossier": OPEN if inside else HIDDEN,
            "photo": HIDDEN if not inside else MASKED if role not in REVEALING else OPEN if mine else REVEAL,
            "password": HIDDEN,
        }
        found = {field: permissions.disclosure(actor, customer, field) for field in FIELDS}
        assert found == expected, (role, level, mine)
        for field in ("id_number", "mobile", "account.7"):
            assert permissions.can_reveal(actor, customer, field) is (found[field] >= REVEAL)


@pytest.mark.django_db
def test_a_closed_archive_counts_as_level_two_and_a_stranger_sees_nothing() -> None:
    actor = StaffFactory.create(permissions=["customers.view", "customers.reveal"])
    closed = CustomerFactory.create(status=CustomerStatus.CLOSED)
    assert permissions.disclosure(actor, closed, "id_number") == MASKED
    elsewhere = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    assert {permissions.disclosure(elsewhere, closed, field) for field in FIELDS} == {HIDDEN}


@pytest.mark.django_db
def test_one_query_serves_all_fields_of_all_customers(django_assert_num_queries: Any) -> None:
    actor = StaffFactory.create(permissions=["customers.view", "customers.reveal"])
    customers = [CustomerFactory.create(confidentiality=level) for level in (1, 2, 3)]
    with django_assert_num_queries(1):
        for customer, field in product(customers, FIELDS):
            permissions.disclosure(actor, customer, field)


def test_every_fact_of_the_archive_is_in_the_catalogue() -> None:
    """A field that nobody has classified would escape the rules."""
    hidden = {"id", "pinyin", "initials", "id_index", "id_tail", "tier_rank", "created_at", "updated_at", "customer"}
    for model in (Customer, Company, Person, Sheet):
        for field in model._meta.local_fields:
            if field.name not in hidden:
                assert field_of(field.name).group in FieldGroup, field.name
    with pytest.raises(UnknownFieldError):
        field_of("shoe_size")


def test_fields_have_the_class_of_the_standard() -> None:
    """JR/T 0171-2020: passwords and biometrics C3; document, phone, account, assets C2; the rest C1."""
    by_group = {group: {entry.data_class for _code, entry in entries} for group, entries in catalogue().items()}
    assert by_group[FieldGroup.SECRET] == {FieldClass.C3}
    assert (
        by_group[FieldGroup.IDENTITY] == by_group[FieldGroup.CONTACT] == by_group[FieldGroup.ACCOUNT] == {FieldClass.C2}
    )
    assert by_group[FieldGroup.BASIC] == {FieldClass.C1}
    assert {code: field_of(code).group for code in FIELDS} == FIELDS


# -- the rules as data ------------------------------------------------------------------------------------------------


def _content(**changes: Any) -> dict[str, Any]:
    return {**RULES.model_dump(mode="json"), **changes}


@pytest.mark.django_db
def test_a_new_version_holds_from_the_next_request_and_is_told() -> None:
    admin = StaffFactory.create()
    reader = StaffFactory.create(permissions=["customers.view", "customers.reveal"])
    customer = CustomerFactory.create()
    assert permissions.can_reveal(reader, customer)
    content = _content()
    content["matrix"]["identity"]["1"]["ordinary"] = int(MASKED)
    version = change_rules(topic=RuleTopic.CONFIDENTIALITY, content=content, reason="收紧", actor=admin, at=clock.now())
    assert version is not None
    assert version.number == 2
    assert confidentiality_rules().matrix[FieldGroup.IDENTITY][Confidentiality.ORDINARY][ReaderKind.ORDINARY] == MASKED
    assert not permissions.can_reveal(type(reader).objects.get(pk=reader.pk), customer)
    entry = Entry.objects.get(action="customers.change_privacy_rules")
    assert entry.detail["changed"] == ["matrix.identity.1.ordinary: 2 → 1"]
    again = change_rules(topic=RuleTopic.CONFIDENTIALITY, content=content, reason="收紧", actor=admin, at=clock.now())
    assert again is None
    assert RuleVersion.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["matrix"]["contact"].pop("2"),
        lambda content: content["matrix"]["secret"]["1"].update(owner=3),
        lambda content: content["emergency"].update(minutes=[]),
        lambda content: content["emergency"].update(minutes=[100_000]),
        lambda content: content["exports"].update(days=0),
        lambda content: content.update(extra=1),
    ],
)
def test_rules_that_do_not_hold_together_are_refused(spoil: Any) -> None:
    content = RULES.model_dump(mode="json")
    spoil(content)
    with pytest.raises(ValidationError):
        change_rules(
            topic=RuleTopic.CONFIDENTIALITY, content=content, reason="试", actor=StaffFactory.create(), at=clock.now()
        )
    assert not RuleVersion.objects.exists()


@pytest.mark.django_db
def test_only_who_may_changes_the_rules() -> None:
    for held, allowed in (([], False), (["customers.view"], False), (["customers.privacy_rules"], True)):
        actor = StaffFactory.create(permissions=held)
        given = {"content": _content(), "reason": "试", "actor": actor, "at": clock.now()}
        if allowed:
            assert change_rules(topic=RuleTopic.CONFIDENTIALITY, **given) is None
        else:
            with pytest.raises(PermissionDenied):
                change_rules(topic=RuleTopic.CONFIDENTIALITY, **given)


@pytest.mark.django_db(transaction=True)
def test_a_version_never_changes() -> None:
    version = RuleVersion.objects.create(
        topic="confidentiality", number=2, content={}, reason="x", made_by=StaffFactory.create(), made_at=clock.now()
    )
    with pytest.raises(DatabaseError):
        RuleVersion.objects.filter(pk=version.pk).update(reason="y")


@pytest.mark.django_db
def test_the_page_shows_every_cell_and_changes_one(client: Client) -> None:
    admin = StaffFactory.create()
    client.force_login(admin)
    page = client.get(reverse("archive:confidentiality"))
    assert page.context["rows"]
    assert sum(len(row[2]) for row in page.context["rows"]) == len(cells())
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields} | {"reason": "试点", "cell-contact-2-owner": "1"}
    answer = client.post(reverse("archive:confidentiality"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    changed = confidentiality_rules().matrix[FieldGroup.CONTACT][Confidentiality.RESTRICTED][ReaderKind.OWNER]
    assert changed == MASKED
    reader = StaffFactory.create(permissions=["customers.view"])
    client.force_login(reader)
    assert client.get(reverse("archive:confidentiality")).status_code == 200
    assert client.get(reverse("archive:confidentiality") + "?edit=1").status_code == 403
    assert client.post(reverse("archive:confidentiality"), data).status_code == 403


# -- the ways out -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_reveal_asks_the_rules_of_its_own_field() -> None:
    content = _content()
    content["matrix"]["contact"]["1"]["ordinary"] = int(MASKED)
    admin = StaffFactory.create()
    change_rules(topic=RuleTopic.CONFIDENTIALITY, content=content, reason="试", actor=admin, at=clock.now())
    reader = StaffFactory.create(permissions=["customers.view", "customers.reveal"])
    customer = CustomerFactory.create(id_kind="resident", id_number="11010519491231002X")
    point = ContactPointFactory.create(customer=customer)
    assert reveal(customer=customer, field="id_number", actor=reader, reason="核对", at=clock.now())
    with pytest.raises(PermissionDenied):
        reveal(customer=customer, field=f"contact.{point.pk}", actor=reader, reason="核对", at=clock.now())
