"""A process that dies in the middle of a step, two people at one step, and rows that nobody can remove (A7)."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from tests.complaints.conftest import MONDAY, moment

from keheng.audit.models import Entry
from keheng.audit.operations import record
from keheng.complaints.enums import Bone, Degree, Grade, Kind, MeasureKind, Outcome, State, StepKind, VisitFinding
from keheng.complaints.models import Cause, Complaint, Step
from keheng.complaints.operations import closing, consequences, correction, forms, notes, parts, reviewing
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]

_CHILD = """
    import sys, time
    from datetime import datetime, UTC
    from django.conf import settings
    settings.DATABASES["default"].update({database!r})
    import django
    django.setup()
    from keheng.complaints.enums import Grade, Kind
    from keheng.complaints.models import Cause, Complaint
    from keheng.complaints.operations import closing, forms, intake, parts, reviewing
    from keheng.org.models import Branch, Staff

    def record(*_args, **_values):
        print("in the middle", flush=True)
        time.sleep(60)

    parts.record = record  # the last row of every step
    at = datetime.fromisoformat({at!r})
    actor = Staff.objects.get(name="郑敏")
    outlet = Branch.objects.get(name="永宁网点")
    complaint = Complaint.objects.order_by("pk").first()
    {act}
"""
ACTS = {
    "register": """intake.register(channel="web", statement="态度不好", about_branch=outlet, actor=actor, at=at,
        complaining=[intake.Complaining(phone="13857712345")])""",
    "classify": """reviewing.classify(complaint=complaint, kind=Kind.SERVICE,
        cause=Cause.objects.get(code="waiting"), grade=Grade.MAJOR, actor=actor, at=at)""",
    "issue": """forms.issue(complaint=complaint, to_branch=outlet, to_staff=Staff.objects.get(name="赵敏"),
        task="查", actor=actor, at=at)""",
    "withdraw": 'closing.withdraw(complaint=complaint, reason="客户来电", actor=actor, at=at)',
}


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of the module, and what others keep of its acts."""
    models = [*apps.get_app_config("complaints").get_models(), Entry, Notice]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in models
        if model._meta.label != "complaints.TermCount"
    } | {"terms": list(apps.get_model("complaints", "TermCount").objects.order_by("term", "cause").values())}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
def test_a_process_killed_in_the_middle_of_a_step_leaves_it_undone(
    classified: Made, unit_head: Staff, officer: Staff, act: str
) -> None:
    complaint = classified()
    before = everything()
    keys = ("NAME", "HOST", "PORT", "USER", "PASSWORD")
    body = textwrap.dedent(_CHILD).format(
        database={key: connection.settings_dict[key] for key in keys},
        at=moment("11-23 09:30").isoformat(),
        act=ACTS[act],
    )
    with subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    assert everything() == before
    closing.withdraw(complaint=complaint, reason="客户来电", actor=officer, at=moment("11-23 10:00"))
    complaint.refresh_from_db()
    assert complaint.state == State.WITHDRAWN, "whoever comes next is not kept waiting by the dead process"


class DiedError(Exception):
    """Stands for the death of the process."""


def test_every_step_of_the_longest_way_is_whole_or_undone(  # the people of the path
    registered: Made,
    officer: Staff,
    unit_head: Staff,
    reviewer: Staff,
    deputy: Staff,
    head: Staff,
    outlet: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each step is broken off once it has written its rows, and then taken for good."""
    cause = Cause.objects.get(code="fees")
    lead: dict[str, Any] = {"actor": officer, "at": MONDAY}
    unit: dict[str, Any] = {"actor": unit_head, "at": MONDAY}
    review: dict[str, Any] = {"actor": reviewer, "at": MONDAY}
    after: dict[str, Any] = {"actor": officer, "at": moment("12-25 09:00")}
    given: dict[str, Any] = {"kind": Kind.PRODUCT, "cause": cause, "grade": Grade.MAJOR}
    measure: dict[str, Any] = {"kind": MeasureKind.CORRECTIVE, "text": "修订", "owner": unit_head}
    why: dict[str, Any] = {"whys": ["规则不清"], "bones": {}, "main_bone": Bone.PROCESS, "conclusion": "规则不清"}
    form: dict[str, Any] = {"to_branch": outlet, "to_staff": unit_head, "task": "查", **lead}
    answer: dict[str, Any] = {"outcome": Outcome.JUSTIFIED, "finding": "已整改", "remedies_told": True, **lead}
    steps: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (reviewing.classify, {**given, **lead}),
        (reviewing.assign, {"to": officer, "actor": deputy, "at": MONDAY}),
        (closing.extend, {"reason": "情况复杂", **lead}),
        (correction.visit, {"found": VisitFinding.OURS, "words": "属实", **lead}),
        (forms.issue, form),
        (forms.return_form, {"reason": "缺证据", "actor": deputy, "at": MONDAY}),
        (forms.issue, form),
        (forms.sign, {"actor": deputy, "at": MONDAY}),
        (forms.receive, unit),
        (correction.contain, {"text": "致歉", **unit}),
        (correction.find_cause, {**why, **unit}),
        (correction.plan_measure, {**measure, "due_on": MONDAY.date(), **unit}),
        (correction.submit, unit),
        (correction.review_plan, {"accepted": False, "words": "缺预防", **review}),
        (correction.submit, unit),
        (correction.review_plan, {"accepted": True, "words": "", **review}),
        (correction.decide_plan, {"approved": False, "words": "再议", "actor": head, "at": MONDAY}),
        (correction.submit, unit),
        (correction.review_plan, {"accepted": True, "words": "", **review}),
        (correction.decide_plan, {"approved": True, "words": "", "actor": head, "at": MONDAY}),
        (prove_all, {"proof": "已执行", **unit}),
        (closing.reply, answer),
        (correction.check_effect, {"effective": True, "words": "抽查", **after, "actor": reviewer}),
        (closing.close, {"satisfied": True, "words": "满意", **after}),
        (consequences.conclude, {"staff": unit_head, "degree": Degree.LEADING, "words": "失察", **review}),
        (closing.reopen, {"reason": "又发生", **after}),
        (notes.add_note, {"words": "已联系", **after}),
        (closing.withdraw, {"reason": "来电撤诉", **after}),
    ]
    with dying(monkeypatch):
        before = everything()
        with pytest.raises(DiedError):
            registered()
        assert everything() == before
    complaint = registered()
    for step, values in steps:
        with dying(monkeypatch):
            before = everything()
            with pytest.raises(DiedError):
                step(complaint=Complaint.objects.get(pk=complaint.pk), **values)
            assert everything() == before, step.__name__
        step(complaint=Complaint.objects.get(pk=complaint.pk), **values)
    assert Complaint.objects.get().state == State.WITHDRAWN


def prove_all(*, complaint: Complaint, **values: Any) -> None:
    """Carry out the one measure that was planned."""
    correction.prove(measure=complaint.measures.get(kind=MeasureKind.CORRECTIVE), **values)


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever writes the trail of a step dies right after."""

    def record_and_die(*given: Any, **values: Any) -> None:
        record(*given, **values)
        raise DiedError

    with monkeypatch.context() as patched:
        patched.setattr(parts, "record", record_and_die)
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["issue", "settle", "withdraw"])
def test_two_take_one_step_and_the_second_is_told(
    classified: Made, officer: Staff, head: Staff, unit_head: Staff, outlet: Branch, act: str
) -> None:
    complaint, together, told = classified(), Barrier(2), []
    at = moment("11-23 09:30")
    steps: dict[str, Callable[[Staff], Any]] = {
        "issue": lambda actor: forms.issue(
            complaint=complaint, to_branch=outlet, to_staff=unit_head, task="查", actor=actor, at=at
        ),
        "settle": lambda actor: forms.settle(
            complaint=complaint, outcome=Outcome.JUSTIFIED, finding="已更正", actor=actor, at=at
        ),
        "withdraw": lambda actor: closing.withdraw(complaint=complaint, reason="来电", actor=actor, at=at),
    }

    def run(actor: Staff) -> None:
        together.wait()
        try:
            steps[act](actor)
            told.append("done")
        except ValidationError as error:
            told.append(error.messages[0])
        finally:
            connection.close()

    threads = [Thread(target=run, args=[actor]) for actor in (officer, head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (done, sentence) = sorted(told, key=lambda words: words != "done")
    assert done == "done"
    assert f"{complaint.number} 现为" in sentence, "threads speak the product's language"
    kinds = {"issue": StepKind.ISSUED, "settle": StepKind.SETTLED, "withdraw": StepKind.WITHDRAWN}
    assert Step.objects.filter(complaint=complaint, kind=kinds[act]).count() == 1


@pytest.mark.parametrize("by_sql", [False, True])
def test_no_complaint_no_step_and_no_cause_can_be_deleted(classified: Made, by_sql: bool) -> None:
    complaint = classified()
    rows = (complaint, complaint.steps.earliest("pk"), Cause.objects.get(code="fees"))

    def remove(row: Any) -> None:
        if not by_sql:
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
            return
        with connection.cursor() as cursor:
            cursor.execute(f"delete from {row._meta.db_table} where id = %s", [row.pk])

    for row in rows:
        with pytest.raises(DatabaseError), transaction.atomic():
            remove(row)
    assert Complaint.objects.get().registered_at == MONDAY
