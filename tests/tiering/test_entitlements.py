from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, wan

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.enums import Period, VersionState
from keheng.tiering.forms.draft import Editor
from keheng.tiering.models import Scheme, SchemeVersion, Standing
from keheng.tiering.policies.comparison import differences
from keheng.tiering.policies.definition import BIG, NORMAL, PRIORITY, Contact, Privilege, Tier
from keheng.tiering.policies.editing import edit, focus_after
from keheng.tiering.policies.fields import fields_of
from keheng.tiering.queries import entitled, entitlement, entitlement_rows, entitlements, entitlements_of, maintainers


@pytest.mark.parametrize(
    ("amount", "tier", "priority", "roles"),
    [
        (60, "T4", True, ("relationship-manager", "rm-supervisor")),
        (400, "T5", True, ("outlet-head", "rm-supervisor")),
        (30, "T3", False, ("relationship-manager", "lobby-manager")),
        (1, "T1", False, ("teller",)),
    ],
)
def test_decision_13_a_tier_entitles_to_its_privileges(
    make_customer: MakeCustomer, run_of: Evaluate, amount: int, tier: str, priority: bool, roles: tuple[str, ...]
) -> None:
    customer = make_customer(aum_average=wan(amount))
    run_of()
    customer.refresh_from_db()
    found = entitlements_of(customer, TODAY)
    assert (found.tier, found.is_priority, found.maintainers) == (tier, priority, roles)
    assert (found.sla_class, found.version) == (BIG if priority else NORMAL, "bank-retail v1")
    assert entitled(Customer.objects.all(), PRIORITY, TODAY).filter(pk=customer.pk).exists() is priority
    assert maintainers([customer.pk], kind="person", on=TODAY) == {customer.pk: roles}


def test_a4_decision_27_each_customer_of_20_wan_is_contacted_once_a_month() -> None:
    found = entitlements(TODAY)
    rules = {tier: (one.contact_times, one.contact_months) for (kind, tier), one in found.items() if kind == "person"}
    assert rules == {"T0": (0, 0), "T1": (0, 0), "T2": (0, 0), "T3": (1, 1), "T4": (1, 1), "T5": (1, 1)}


def test_expression_and_relation_say_of_a_set_what_is_said_of_each(
    make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    people = [make_customer(aum_average=wan(amount)) for amount in (0, 1, 30, 60, 400)]
    company = make_customer(annual_sales=wan(50_000), is_borrower=True)
    untiered = make_customer(status="closed")
    run_of()
    run_of("corporate-size")
    parts = ("is_priority", "sla_class", "contact_times", "contact_months")
    by_expression = {
        row[0]: row[1:]
        for row in Customer.objects.annotate(**{f"of_{part}": entitlement(part, TODAY) for part in parts}).values_list(
            "pk", *(f"of_{part}" for part in parts)
        )
    }
    sql, params = entitlement_rows(TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.id, {", ".join(f"granted.{part}" for part in parts)} from customers_customer c
                join {sql} as granted on granted.kind = c.kind and granted.tier = c.tier""",
            params,
        )
        by_relation = {row[0]: row[1:] for row in cursor.fetchall()}
    for customer in (*people, company):
        customer.refresh_from_db()
        one = entitlements_of(customer, TODAY)
        told = tuple(getattr(one, part) for part in parts)
        assert by_expression[customer.pk] == by_relation[customer.pk] == told
    assert by_expression[company.pk][:2] == (True, BIG)
    assert by_expression[untiered.pk] == (False, NORMAL, 0, 0)
    assert untiered.pk not in by_relation


@pytest.mark.parametrize(("born", "roles"), [(date(1990, 1, 1), ("teller",)), (date(1950, 1, 1), ("lobby-manager",))])
def test_decision_7_age_decides_who_maintains_and_not_who_is_served(
    make_customer: MakeCustomer, run_of: Evaluate, born: date, roles: tuple[str, ...]
) -> None:
    customer = make_customer(aum_average=wan(7), birth_date=born)
    run_of("bank-retail-wealth")
    scheme = Scheme.objects.get(code="bank-retail-wealth")
    assert maintainers([customer.pk], kind="person", on=TODAY, scheme=scheme) == {customer.pk: roles}


def test_a_tier_may_name_a_class_of_time_limits_of_its_own() -> None:
    grants = (Privilege(code=PRIORITY, name="优先受理"),)
    assert Tier(code="X", name="x", rank=0, colour=0, privileges=grants).time_limits == BIG
    assert Tier(code="X", name="x", rank=0, colour=0, privileges=grants, sla_class="express").time_limits == "express"
    assert Contact(times=2, per=Period.HALF_YEAR).per.months == 6


def test_whoever_has_no_tier_is_entitled_to_nothing(make_customer: MakeCustomer) -> None:
    customer = make_customer(aum_average=wan(60))
    found = entitlements_of(customer, TODAY)
    assert not found.privileges
    assert not found.is_priority
    assert not entitled(Customer.objects.all(), "no_such_privilege", TODAY).exists()


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_says_what_each_tier_grants_by_version(client: Client, actor: Staff) -> None:
    client.force_login(actor)
    page = client.get(reverse("tiering-entitlements", args=["bank-retail"])).content.decode()
    for words in ("优先受理", "每月 1 次", "大客户", "outlet-head", "v1", "新建草稿修改"):
        assert words in page
    draft = operations.create_draft(source=SchemeVersion.objects.get(scheme__code="bank-retail"), actor=actor, at=NOON)
    page = client.get(reverse("tiering-entitlements", args=["bank-retail"])).content.decode()
    assert f"继续编辑草稿 v{draft.number}" in page


def test_entitlements_are_edited_in_the_draft_and_granted_from_its_date(client: Client, actor: Staff) -> None:
    first = SchemeVersion.objects.get(scheme__code="bank-retail")
    draft = operations.create_draft(source=first, actor=actor, at=NOON)
    tree = fields_of(draft.rules)
    gold = tree["tiers"][2]
    assert gold["code"] == "T3"
    gold |= {"contact_times": "2", "contact_per": "quarter", "sla_class": "express"}
    gold |= {"new_privilege_code": "airport", "new_privilege_name": "机场贵宾室"}
    gold["upkeep"] = [{"roles": ["wealth-manager"], "when": {"metric": "age", "per": "", "op": "<=", "value": "60"}}]
    editor = Editor(draft, tree)
    assert editor.errors == {}
    assert editor.definition is not None
    told = " ".join(f"{one.before} {one.after}" for one in differences(first.rules, editor.definition))
    for words in ("每季 2 次", "express", "机场贵宾室", "wealth-manager"):
        assert words in told
    saved = operations.save_draft(
        version=draft,
        definition=editor.definition,
        valid_from=TODAY,
        note="金卡权益",
        revision=1,
        actor=actor,
        at=NOON,
    )
    assert entitlements(TODAY)["person", "T3"].sla_class == NORMAL
    SchemeVersion.objects.filter(pk=saved.pk).update(state=VersionState.PUBLISHED)
    granted = entitlements(TODAY)["person", "T3"]
    assert (granted.contact_times, granted.contact_months, granted.sla_class) == (2, 3, "express")
    assert granted.grants("airport")
    assert granted.maintainers == ("wealth-manager",)


@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"contact_times": "often"}, "tiers.2.contact_times", "1 至 31 的整数"),
        ({"new_privilege_code": "airport"}, "tiers.2.new_privilege_code", "代码和名称"),
        ({"upkeep": [{"roles": [], "when": {}}]}, "tiers.2.upkeep.0.roles", "谁维护"),
    ],
)
def test_bad_entitlements_say_what_is_wrong(actor: Staff, change: dict[str, object], path: str, sentence: str) -> None:
    draft = operations.create_draft(source=SchemeVersion.objects.get(scheme__code="bank-retail"), actor=actor, at=NOON)
    tree = fields_of(draft.rules)
    tree["tiers"][2] |= change
    assert sentence in Editor(draft, tree).errors[path]


def test_lines_of_upkeep_are_added_limited_and_removed_by_buttons(actor: Staff) -> None:
    tree = fields_of(SchemeVersion.objects.get(scheme__code="bank-retail").rules)
    more = edit(tree, "add tiers.0.upkeep")
    assert more["tiers"][0]["upkeep"][-1] == {"roles": [], "when": {}}
    assert focus_after(more, "add tiers.0.upkeep") == "tiers-0-upkeep-1-role-0"
    limited = edit(more, "limit tiers.0.upkeep.1.when")
    assert limited["tiers"][0]["upkeep"][1]["when"]["metric"] == "aum"
    assert edit(limited, "unlimit tiers.0.upkeep.1.when") == more
    assert edit(more, "remove tiers.0.upkeep.1") == tree
    assert focus_after(tree, "remove tiers.0.upkeep.1") == "do-add-tiers-0-upkeep"


# -- tiers of several schemes -----------------------------------------------------------------------------------------

DIAMOND = {"deposits_average": wan(120), "lots": 900}
PARTS = ("is_priority", "sla_class", "contact_times", "contact_months")


def by_sets(customer: Customer) -> tuple[object, ...]:
    one = Customer.objects.filter(pk=customer.pk).annotate(**{f"of_{part}": entitlement(part, TODAY) for part in PARTS})
    row: tuple[object, ...] = one.values_list(*(f"of_{part}" for part in PARTS)).get()
    return row


def test_a2_000_a_diamond_trader_has_both_schemes_privileges(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    trader = make_customer(aum_average=wan(7), **DIAMOND)
    silver = make_customer(aum_average=wan(7))
    run_of()
    run_of("futures")
    trader.refresh_from_db()
    found = entitlements_of(trader, TODAY)
    assert (found.tier, found.version, found.beside) == ("T2", "bank-retail v1", ("期货大客户分级 v1 钻石级",))
    assert {"direct_research", "custom_reports", "dedicated_adviser"} <= found.privileges.keys()
    assert entitlements(TODAY)["person", "T2"].privileges.keys() <= found.privileges.keys()
    assert (found.is_priority, found.sla_class) == (True, BIG), "decision 13: any tier with priority"
    assert found.maintainers == entitlements(TODAY)["person", "T2"].maintainers, "one owner, by the primary scheme"
    assert by_sets(trader) == tuple(getattr(found, part) for part in PARTS)
    assert by_sets(silver)[:2] == (False, NORMAL)
    big = entitled(Customer.objects.all(), PRIORITY, TODAY)
    assert (big.filter(pk=trader.pk).exists(), big.filter(pk=silver.pk).exists()) == (True, False)


def test_a_scheme_that_is_only_tried_grants_nothing(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(30))
    run_of()
    run_of("bank-retail-wealth")
    customer.refresh_from_db()
    before = entitlements_of(customer, TODAY)
    assert (before.beside, before.is_priority, by_sets(customer)[0]) == ((), False, False)
    last = SchemeVersion.objects.get(scheme__code="bank-retail-wealth")
    tier = next(one for one in last.rules.tiers if one.code == customer_tier(customer, "bank-retail-wealth"))
    granting = tier.model_copy(update={"sla_class": "express"})
    rules = last.rules.model_copy(
        update={"grants": True, "tiers": tuple(granting if one == tier else one for one in last.rules.tiers)}
    )
    assert [part.after for part in differences(last.rules, rules)] == ["与主方案并用", "express"]
    SchemeVersion.objects.create(
        scheme=last.scheme,
        number=2,
        state=VersionState.PUBLISHED,
        valid_from=TODAY,
        definition=rules.model_dump(mode="json"),
    )
    after = entitlements_of(customer, TODAY)
    assert (after.sla_class, after.beside) == ("express", (f"{last.scheme} v2 {tier.name}",))
    assert by_sets(customer)[1] == "express"
    assert entitlements_of(customer, date(2020, 1, 1)).beside == (), "not before its date"


def customer_tier(customer: Customer, scheme: str) -> str:
    return Standing.objects.get(customer=customer, scheme__code=scheme).tier


def test_whether_a_scheme_grants_is_edited_in_a_draft(client: Client, actor: Staff) -> None:
    client.force_login(actor)
    for code, told in (("futures", "同时享有"), ("bank-retail-wealth", "仅供查看")):
        assert told in client.get(reverse("tiering-entitlements", args=[code])).content.decode()
    first = SchemeVersion.objects.get(scheme__code="futures")
    draft = operations.create_draft(source=first, actor=actor, at=NOON)
    page = client.get(reverse("tiering-draft", args=["futures", draft.number])).content.decode()
    assert 'id="grants"' in page
    tree = fields_of(draft.rules)
    assert tree["grants"] == "yes"
    editor = Editor(draft, tree | {"grants": "no"})
    assert editor.definition is not None
    assert not editor.definition.grants
    primary = operations.create_draft(
        source=SchemeVersion.objects.get(scheme__code="bank-retail"), actor=actor, at=NOON
    )
    assert 'id="grants"' not in client.get(primary.get_absolute_url() + "edit/").content.decode()
