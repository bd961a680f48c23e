"""The paths e, k and l, each act by the people whose part it is; what is refused on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from tests.complaints.conftest import MONDAY, moment, person
from tests.factories import BranchFactory

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.audit.models import Entry
from keheng.complaints import permissions
from keheng.complaints.enums import (
    Bone,
    Channel,
    ClockKind,
    Grade,
    Kind,
    MeasureKind,
    Outcome,
    PartyRole,
    SignatureRole,
    State,
    StepKind,
    VisitFinding,
)
from keheng.complaints.models import Cause, Complaint, Measure
from keheng.complaints.operations import closing, correction, forms, notes, reviewing
from keheng.complaints.operations.intake import Complaining
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.queries.matching import seen_before
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises((ValidationError, PermissionDenied), match=words):
        yield


def planned(complaint: Complaint, officer: Staff, unit_head: Staff, outlet: Branch) -> Complaint:
    """From the form to the submitted plan, with the signature where the path has one."""
    at = moment("11-23 09:20")
    forms.issue(complaint=complaint, to_branch=outlet, to_staff=unit_head, task="查因", actor=officer, at=at)
    complaint.refresh_from_db()
    if complaint.state == State.SIGNING:
        forms.sign(complaint=complaint, actor=Staff.objects.get(name="何勇"), at=moment("11-23 09:40"))
    forms.receive(complaint=complaint, actor=unit_head, at=moment("11-23 09:45"))
    at = moment("11-23 10:30")
    correction.contain(complaint=complaint, text="致歉", actor=unit_head, at=at)
    correction.find_cause(
        complaint=complaint,
        whys=["窗口少", "排班按平均", ""],
        bones={Bone.PROCESS: ["按平均排班", " "]},
        main_bone=Bone.PROCESS,
        conclusion="没有按客流排班",
        actor=unit_head,
        at=at,
    )
    correction.plan_measure(
        complaint=complaint,
        kind=MeasureKind.CORRECTIVE,
        text="增开弹性窗口",
        owner=unit_head,
        due_on=date(2026, 11, 30),
        actor=unit_head,
        at=at,
    )
    return correction.submit(complaint=complaint, actor=unit_head, at=moment("11-23 11:00"))


@pytest.fixture
def consent(head: Staff, django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """The branch head decides what waits."""

    def decided(answer: Answer = Answer.APPROVE) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            asked = Request.objects.filter(kind=correction.PLAN).latest("pk")
            decide(request=asked, outcome=answer, actor=head, reason="已阅", at=moment("11-23 14:00"))

    return decided


def answered(complaint: Complaint, officer: Staff) -> Complaint:
    return closing.reply(
        complaint=complaint,
        outcome=Outcome.JUSTIFIED,
        finding="已整改",
        remedies_told=True,
        actor=officer,
        at=moment("11-24 10:00"),
    )


def test_path_e_from_registration_to_the_closing_talk(
    classified: Made, officer: Staff, unit_head: Staff, outlet: Branch, consent: Callable[..., None]
) -> None:
    complaint = planned(classified(), officer, unit_head, outlet)
    assert (complaint.path, complaint.state) == ("e", State.APPROVAL)  # no signature, no review of the plan
    consent()
    correction.prove(measure=Measure.objects.get(kind="corrective"), proof="已执行", actor=unit_head, at=MONDAY)
    complaint.refresh_from_db()
    assert complaint.state == State.REPLYING
    complaint = answered(complaint, officer)
    assert complaint.state == State.CLOSING  # no check of the effect
    complaint = closing.close(complaint=complaint, satisfied=True, words="好", actor=officer, at=moment("11-24 11:00"))
    assert (complaint.state, complaint.is_internal_late, complaint.internal_due_at) == (State.CLOSED, False, None)
    kinds = list(complaint.steps.values_list("kind", flat=True))
    assert kinds[:4] == [StepKind.REGISTERED, StepKind.ACKNOWLEDGED, StepKind.CLASSIFIED, StepKind.ISSUED]
    assert Entry.objects.filter(action__startswith="complaints.").count() == len(kinds)


def test_path_k_has_a_visit_and_a_check_of_the_effect(
    classified: Made, officer: Staff, unit_head: Staff, reviewer: Staff, outlet: Branch, consent: Callable[..., None]
) -> None:
    complaint = classified(kind=Kind.PROFESSIONAL, cause="wrong-entry")
    correction.visit(
        complaint=complaint, found=VisitFinding.OURS, words="录入差错", actor=officer, at=moment("11-23 09:15")
    )
    complaint = planned(complaint, officer, unit_head, outlet)
    consent()
    closing_early = answered(Complaint.objects.get(pk=complaint.pk), officer)  # while measures are under way
    assert closing_early.state == State.IMPLEMENTING
    correction.prove(
        measure=Measure.objects.get(kind="corrective"), proof="已执行", actor=unit_head, at=moment("11-25 10:00")
    )
    complaint.refresh_from_db()
    assert (complaint.state, complaint.check_on) == (State.VERIFYING, date(2026, 12, 25))
    check: dict[str, Any] = {"complaint": complaint, "effective": True, "words": "抽查", "actor": reviewer}
    check["at"] = moment("12-25 09:00")
    with refused("checked from"):
        correction.check_effect(
            complaint=complaint, effective=True, words="抽查", actor=reviewer, at=moment("12-24 09:00")
        )
    with refused("did not do the work"):
        correction.check_effect(
            complaint=complaint, effective=True, words="抽", actor=officer, at=moment("12-25 09:00")
        )
    correction.check_effect(complaint=complaint, effective=True, words="抽查", actor=reviewer, at=moment("12-25 09:00"))
    complaint.refresh_from_db()
    assert complaint.state == State.CLOSING


def test_path_l_is_signed_reviewed_returned_and_begins_anew_without_effect(
    classified: Made,
    officer: Staff,
    unit_head: Staff,
    reviewer: Staff,
    deputy: Staff,
    outlet: Branch,
    consent: Callable[..., None],
) -> None:
    complaint = classified(kind=Kind.PRODUCT, cause="fees", grade=Grade.MAJOR)
    forms.issue(complaint=complaint, to_branch=outlet, to_staff=unit_head, task="查", actor=officer, at=MONDAY)
    with refused("signed by the head"):
        forms.sign(complaint=complaint, actor=reviewer, at=MONDAY)  # major: the vice president or above
    forms.return_form(complaint=complaint, reason="缺证据", actor=deputy, at=MONDAY)
    complaint.refresh_from_db()
    complaint = planned(complaint, officer, unit_head, outlet)
    assert complaint.state == State.PLAN_REVIEW
    form = complaint.forms.latest("number")
    roles = [SignatureRole.ISSUER, SignatureRole.APPROVER, SignatureRole.RECEIVER]
    assert list(form.signatures.values_list("role", flat=True)) == roles
    assert complaint.clocks.get(kind=ClockKind.FORM).met is True
    assert complaint.clocks.get(kind=ClockKind.INTERIM).met is True
    assert complaint.clocks.get(kind=ClockKind.PERMANENT).met is True
    at = moment("11-23 11:05")
    with refused("what is missing"):
        correction.review_plan(complaint=complaint, accepted=False, words=" ", actor=reviewer, at=at)
    correction.review_plan(complaint=complaint, accepted=False, words="缺预防", actor=reviewer, at=at)
    complaint = correction.submit(complaint=complaint, actor=unit_head, at=moment("11-23 11:10"))
    correction.review_plan(complaint=complaint, accepted=True, words="", actor=reviewer, at=moment("11-23 11:15"))
    consent(Answer.REFUSE)
    complaint.refresh_from_db()
    assert complaint.state == State.INVESTIGATING
    correction.submit(complaint=complaint, actor=unit_head, at=moment("11-23 14:10"))
    correction.review_plan(complaint=complaint, accepted=True, words="", actor=reviewer, at=moment("11-23 14:15"))
    consent()
    measure = complaint.measures.get(kind="corrective")
    correction.prove(measure=measure, proof="已执行", actor=unit_head, at=moment("11-24 09:00"))
    complaint = answered(complaint, officer)
    later = moment("12-25 09:00")
    correction.check_effect(complaint=complaint, effective=False, words="仍有", actor=reviewer, at=later)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.check_on) == (State.INVESTIGATING, None)


def test_nobody_handles_a_complaint_about_themselves_or_their_line(
    registered: Made, outlet: Branch, teller: Staff, officer: Staff, deputy: Staff
) -> None:
    complaint = registered(about_staff=teller)
    assert complaint.branch == outlet.parent
    beside = person(outlet, "complaint-officer", "同网点专员")
    cause = Cause.objects.get(code="attitude")
    with refused("outside of it"):
        reviewing.classify(
            complaint=complaint, kind=Kind.SERVICE, cause=cause, grade=Grade.MINOR, actor=beside, at=MONDAY
        )
    with refused("outside of it"):
        reviewing.assign(complaint=complaint, to=beside, actor=deputy, at=MONDAY)
    assert not Complaint.objects.visible_to(teller).exists()
    assert not Notice.objects.filter(staff__in=[teller, beside]).exists()
    reviewing.classify(complaint=complaint, kind=Kind.SERVICE, cause=cause, grade=Grade.MINOR, actor=officer, at=MONDAY)
    with refused("not complained about"):
        forms.issue(complaint=complaint, to_branch=outlet, to_staff=teller, task="查", actor=officer, at=MONDAY)


def test_a7_complaints_about_products_are_told_to_the_management_once(
    registered: Made, officer: Staff, head: Staff, branch: Branch
) -> None:
    """004k 4.6: whoever stands for the management hears of them, and of no others."""
    person(branch, "head-office-manager", "总行")
    complaint = registered()
    service = {"kind": Kind.SERVICE, "cause": Cause.objects.get(code="attitude")}
    product = {"kind": Kind.PRODUCT, "cause": Cause.objects.get(code="fees")}
    given: dict[str, Any] = {"complaint": complaint, "grade": Grade.MINOR, "actor": officer, "at": MONDAY}
    told = Notice.objects.filter(kind="complaints.informed")
    reviewing.classify(**given, **service)
    assert not told.exists()
    reviewing.classify(**given, **product)
    reviewing.classify(**given, **product)
    assert set(told.values_list("staff__name", flat=True)) == {head.name, "总行"}
    assert told.count() == 2


def test_no_complaint_can_be_deleted(registered: Made) -> None:
    complaint = registered()
    for table in ("complaints_step", "complaints_complaint"):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"delete from {table}")
    assert Complaint.objects.get() == complaint


def test_an_act_that_fails_leaves_nothing_behind(
    classified: Made, officer: Staff, outlet: Branch, unit_head: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = classified()

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(forms, "told", broken)
    with pytest.raises(RuntimeError):
        forms.issue(complaint=complaint, to_branch=outlet, to_staff=unit_head, task="查", actor=officer, at=MONDAY)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.forms.count()) == (State.ROUTING, 0)


def test_intake_reads_back_checks_numbers_and_needs_somebody_to_answer(registered: Made) -> None:
    with refused("Read back"):
        registered(read_back=False)
    with refused("telephone number"):
        registered(customer=None, complaining=[Complaining(name="过路人")])
    with refused("no telephone"):
        registered(complaining=[Complaining(name="李", phone="12")])
    with refused("later than now"):
        registered(received_at=moment("11-24 09:00"))
    unknown = registered(customer=None, complaining=[Complaining(phone="13857712345", role=PartyRole.PROXY)])
    assert (unknown.customer, unknown.number) == (None, "TS261123-0001")
    assert unknown.acknowledged_at == MONDAY
    registered(channel=Channel.WEB, read_back=False)


def test_a7_a_joint_complaint_has_at_most_five_representatives(registered: Made) -> None:
    people = [Complaining(name=f"代表{n}", phone=f"1385771000{n}") for n in range(6)]
    with refused("At most 5"):
        registered(joint_size=30, complaining=people)
    complaint = registered(joint_size=30, complaining=people[:5])
    assert list(complaint.parties.values_list("role", flat=True)) == [PartyRole.REPRESENTATIVE] * 5


def test_repeat_complainants_and_duplicates_are_seen(registered: Made, officer: Staff, customer: Customer) -> None:
    first = registered()
    again = registered(moment("11-25 09:00"), customer=None)  # the same telephone
    assert (first.is_repeat, again.is_repeat) == (False, True)
    found = seen_before(
        customer=None,
        phone="138 5771 2345",
        mail="",
        statement="柜员态度恶劣，等候时间太长了",
        actor=officer,
        at=moment("11-26 09:00"),
        since_days=90,
    )
    assert {one.complaint for one in found} == {first, again}
    assert all(one.is_same for one in found)
    reviewing.join(complaint=again, into=first, actor=officer, at=moment("11-26 09:00"))
    again.refresh_from_db()
    assert (again.state, again.joined_to, again.regulatory_due_at) == (State.JOINED, first, None)
    later = registered(moment("11-23 09:00").replace(month=3, year=2027))
    assert not later.is_repeat


def test_suggestions_follow_what_people_decided(classified: Made) -> None:
    assert suggestions("自助取款机吞卡了")[0].key.code == "device-fault"  # by the words that ship
    before = {one.key.code: one.share for one in suggestions("手镯检测证书写错了", most=30)}
    for _time in range(3):
        classified(kind=Kind.PRODUCT, cause="card-dispute", statement="手镯检测证书写错了")
    likely = suggestions("手镯检测证书写错了")
    assert likely[0].key.code == "card-dispute"
    assert likely[0].share > before["card-dispute"]
    assert suggestions("12345") == []


def test_withdrawal_ends_it_the_same_day_and_reopening_counts_from_now(classified: Made, officer: Staff) -> None:
    complaint = closing.withdraw(complaint=classified(), reason="已和解", actor=officer, at=moment("11-24 09:00"))
    assert (complaint.state, complaint.closed_at) == (State.WITHDRAWN, moment("11-24 09:00"))
    assert not complaint.clocks.filter(stopped_at=None).exists()
    with refused("now"):
        closing.withdraw(complaint=complaint, reason="再", actor=officer, at=moment("11-24 09:01"))
    complaint = closing.reopen(complaint=complaint, reason="反悔", actor=officer, at=moment("11-25 09:00"))
    assert (complaint.state, complaint.reopened) == (State.ROUTING, 1)
    assert complaint.regulatory_due_at == moment("12-10 09:00")


def test_an_internal_review_is_decided_by_somebody_else_and_may_overturn(
    classified: Made, officer: Staff, reviewer: Staff
) -> None:
    complaint = classified()
    forms.settle(complaint=complaint, outcome=Outcome.UNJUSTIFIED, finding="无责", actor=officer, at=MONDAY)
    answered(complaint, officer)
    closing.close(complaint=complaint, satisfied=False, words="不认可", actor=officer, at=moment("11-24 11:00"))
    closing.ask_review(complaint=complaint, reason="不认可", actor=officer, at=moment("11-25 09:00"))
    with refused("did not do the work"):
        closing.decide_review(complaint=complaint, upheld=True, words="维持", actor=officer, at=moment("11-26 09:00"))
    closing.decide_review(complaint=complaint, upheld=False, words="重查", actor=reviewer, at=moment("11-26 09:00"))
    complaint.refresh_from_db()
    assert (complaint.state, complaint.replied_at) == (State.INVESTIGATING, None)
    assert complaint.regulatory_due_at == moment("12-11 09:00")


def test_a_reply_names_the_remedies(classified: Made, officer: Staff) -> None:
    complaint = classified()
    forms.settle(complaint=complaint, outcome=Outcome.JUSTIFIED, finding="致歉", actor=officer, at=MONDAY)
    with refused("remedies"):
        closing.reply(
            complaint=complaint,
            outcome=Outcome.JUSTIFIED,
            finding="致歉",
            remedies_told=False,
            actor=officer,
            at=MONDAY,
        )


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("complaint-officer", False),  # another officer than the one who has it
        ("service-manager", True),
        ("deputy-branch-head", True),
        ("branch-head", True),
        ("head-office-manager", True),
        ("outlet-head", False),
        ("relationship-manager", False),
        ("auditor", False),
        ("risk-officer", False),
        ("administrator", False),
    ],
)
def test_who_may_lead_a_complaint(classified: Made, outlet: Branch, role: str, may: bool) -> None:
    complaint = classified(about_branch=outlet)
    assert permissions.can_handle(person(complaint.branch, role, f"某{role}"), complaint) is may
    assert not permissions.can_handle(person(outlet, role, "同网点"), complaint)  # conflict of interest


def test_other_branches_neither_lead_nor_see(classified: Made) -> None:
    complaint, elsewhere = classified(), BranchFactory.create()
    with refused("in the hands"):
        closing.withdraw(complaint=complaint, reason="撤", actor=person(elsewhere, "branch-head", "外行"), at=MONDAY)
    with refused("outside of what you may see"):
        notes.add_note(complaint=complaint, words="看", actor=person(elsewhere, "teller", "外"), at=MONDAY)
