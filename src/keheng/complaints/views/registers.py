"""The registers of A7 as the sources name them, as lists that can be printed, and the sheets of one complaint.

客户投诉记录单 [004e], 客户投诉登记反馈表 [004k], 客户投诉登记表 with 客户投诉处理单 [004l]. The sources' tables
have lost their columns; these are the fields that their text names. They are documents of the bank and stay in Chinese.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common import clock
from keheng.common.clock import SHANGHAI
from keheng.common.masking import mask_name, mask_phone
from keheng.complaints import permissions
from keheng.complaints.enums import MeasureKind, SignatureRole
from keheng.complaints.models import Complaint, HandlingForm, Measure, Party, RootCause
from keheng.complaints.operations.returns import note_print
from keheng.complaints.views.parts import complaint_of
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.ui.lists import EmptyState, Table
from keheng.ui.views import require

NEWEST = ("registered_at", "pk")
"""By what a register is sorted, the newest first; an index has both."""

type Field = tuple[str, Callable[[Complaint], str]]


def _moment(value: Any) -> str:
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else ""


def _party(row: Complaint) -> Party | None:
    return next(iter(row.parties.all()), None)


def _name(row: Complaint) -> str:
    party = _party(row)
    return mask_name(party.name) if party and party.name else ""


def _phone(row: Complaint) -> str:
    party = _party(row)
    return mask_phone(party.phone) if party and party.phone else ""


def _form(row: Complaint) -> HandlingForm | None:
    return next(iter(row.forms.all()), None)


def _signed(role: SignatureRole) -> Callable[[Complaint], str]:
    def by(row: Complaint) -> str:
        form = _form(row)
        found = [signature for signature in form.signatures.all() if signature.role == role] if form else []
        return "；".join(f"{one.staff.name}（{one.post}）{_moment(one.at)}" for one in found)

    return by


def _measures(*kinds: MeasureKind) -> Callable[[Complaint], str]:
    def told(row: Complaint) -> str:
        found = [measure for measure in row.measures.all() if measure.kind in kinds]
        return "；".join(f"{measure.text or ''}（{measure.owner.name} {measure.due_on}）" for measure in found)

    return told


def _root_cause(row: Complaint) -> str:
    found: RootCause | None = getattr(row, "root_cause", None)
    return (found.conclusion or "") if found else ""


def _review(row: Complaint) -> str:
    return "；".join(
        f"{'通过' if review.accepted else '退回'} {review.words or ''}（{review.reviewed_by.name}）"
        for review in row.plan_reviews.all()
    )


def _about(row: Complaint) -> str:
    return " ".join(str(found) for found in (row.about_branch, row.about_staff, row.product) if found)


def _evidence(row: Complaint) -> str:
    files = [attachment.about or "文件" for attachment in row.attachments.all()]
    return f"{len(files)} 件：{'；'.join(files)}" if files else "未提供"


_CAUSE: Field = ("投诉分类", lambda row: " ".join(str(one) for one in (row.get_kind_display(), row.cause or "") if one))
RECORD: Sequence[Field] = (
    ("编号", lambda row: row.number),
    ("投诉时间", lambda row: _moment(row.received_at)),
    ("客户姓名", _name),
    ("联系电话", _phone),
    ("投诉方式", lambda row: str(row.get_channel_display())),
    ("投诉事项", lambda row: row.statement or ""),
    ("客户要求", lambda row: row.wish or ""),
    ("主要责任部门", lambda row: str(row.responsible_branch or "")),
    ("投诉解决期限", lambda row: _moment(row.regulatory_due_at)),
    ("受理人员（签字）", lambda row: row.registered_by.name),
)
FEEDBACK: Sequence[Field] = (
    ("编号", lambda row: row.number),
    ("登记时间", lambda row: _moment(row.registered_at)),
    ("投诉客户", _name),
    ("投诉对象", _about),
    ("投诉内容", lambda row: row.statement or ""),
    ("复述客户确认", lambda row: _moment(row.read_back_at) or "未复述"),
    _CAUSE,
    ("投诉的真实原因", _root_cause),
    ("处理结果", lambda row: " ".join(one for one in (str(row.get_outcome_display()), row.finding or "") if one)),
    ("回复客户时间", lambda row: _moment(row.replied_at)),
    ("承接人", lambda row: row.registered_by.name),
)
REGISTER: Sequence[Field] = (
    ("编号", lambda row: row.number),
    ("投诉日期", lambda row: _moment(row.received_at)),
    ("投诉方式", lambda row: str(row.get_channel_display())),
    ("客户", _name),
    ("投诉或抱怨内容", lambda row: row.statement or ""),
    ("一般／重大", lambda row: str(row.get_grade_display()) if row.grade else ""),
    ("责任部门", lambda row: str(row.responsible_branch or "")),
    ("处理单发出时间", lambda row: _moment(form.issued_at) if (form := _form(row)) else ""),
    ("临时改善对策", _measures(MeasureKind.INTERIM)),
    ("永久对策", _measures(MeasureKind.CORRECTIVE, MeasureKind.PREVENTIVE)),
    ("回复时间", lambda row: _moment(row.replied_at)),
    ("状态", lambda row: str(row.get_state_display())),
)
HANDLING: Sequence[Field] = (
    ("编号", lambda row: row.number),
    ("投诉细节", lambda row: row.statement or ""),
    ("客户提供的证据", _evidence),
    ("发出人", _signed(SignatureRole.ISSUER)),
    ("部门主任级以上人员批准", _signed(SignatureRole.APPROVER)),
    ("负责人签收", _signed(SignatureRole.RECEIVER)),
    ("责任部门", lambda row: str(row.responsible_branch or "")),
    ("临时应急对策", _measures(MeasureKind.INTERIM)),
    ("问题的根本原因", _root_cause),
    ("纠正措施计划", _measures(MeasureKind.CORRECTIVE)),
    ("预防措施", _measures(MeasureKind.PREVENTIVE)),
    ("初步评审", _review),
    ("处理结果", lambda row: row.finding or ""),
    ("回复时间", lambda row: _moment(row.replied_at)),
)
SHEETS: dict[str, tuple[str, Sequence[Field]]] = {
    "record": ("客户投诉记录单", RECORD),
    "feedback": ("客户投诉登记反馈表", FEEDBACK),
    "register": ("客户投诉登记表", REGISTER),
    "handling": ("客户投诉处理单", HANDLING),
}


def _whole(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Complaints with all that the sheets tell, by a fixed number of queries."""
    joined = ("cause", "product", "about_branch", "about_staff", "responsible_branch", "registered_by", "root_cause")
    newest = HandlingForm.objects.order_by("-number").prefetch_related("signatures__staff")
    return rows.select_related(*joined).prefetch_related(
        Prefetch("parties", Party.objects.order_by("-is_contact", "pk")),
        Prefetch("forms", newest),
        Prefetch("measures", Measure.objects.filter(dropped_at=None).select_related("owner")),
        "plan_reviews__reviewed_by",
        "attachments",
    )


_MOMENTS = ("时间", "日期", "期限")
"""How the names of fields end that tell a moment."""
_PROSE = frozenset(
    {
        "投诉事项",
        "客户要求",
        "投诉对象",
        "投诉内容",
        "投诉的真实原因",
        "处理结果",
        "投诉或抱怨内容",
        "临时改善对策",
        "永久对策",
    }
)
"""Fields of free words, which take several lines; all others stay in one."""


class FieldColumn(tables.Column):  # type: ignore[misc]  # the library has no types
    """One field of a sheet; a moment stands in two lines, its day above its time."""

    def __init__(self, told: Callable[[Complaint], str], *, verbose_name: str, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "k-wrap"}} if verbose_name in _PROSE else {})
        super().__init__(accessor="pk", empty_values=(), verbose_name=verbose_name, **kwargs)
        self._told = told
        self._is_moment = verbose_name.endswith(_MOMENTS)

    def render(self, record: Any) -> str:
        told = self._told(record)
        day, _space, time = told.partition(" ")
        return format_html("{}<br>{}", day, time) if self._is_moment and time else told or "—"

    def value(self, record: Any) -> str:
        return self._told(record)


_NUMBER: dict[str, Any] = {"orderable": True, "order_by": NEWEST, "attrs": {}}


def _table(code: str) -> type[Table]:
    fields = SHEETS[code][1]
    columns = {
        f"c{place}": FieldColumn(told, verbose_name=name, **({} if place else _NUMBER))
        for place, (name, told) in enumerate(fields)
    }
    meta = type("Meta", (Table.Meta,), {"model": Complaint, "fields": (), "orderable": False})
    return type(f"{code.title()}Table", (Table,), {**columns, "fixed": ("c0",), "Meta": meta})


class RegisterList(CustomerRows):
    """One register, the newest complaint first."""

    permission = permissions.HANDLE
    unit = pgettext_lazy("measure word of complaints", "complaints")
    default_sort = "-c0"
    code: ClassVar[str]

    def get_queryset(self) -> "QuerySet[Complaint]":
        return Complaint.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _whole(queryset)

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No complaints"), _("Nothing has been registered yet."), "message-report")


class RecordList(RegisterList):
    key, title, table_class, code = "complaints-record", _("Record of complaints"), _table("record"), "record"


class FeedbackList(RegisterList):
    key, title, table_class, code = "complaints-feedback", _("Feedback register"), _table("feedback"), "feedback"


class RegisterOfForms(RegisterList):
    key, title, table_class, code = "complaints-register", _("Register of complaints"), _table("register"), "register"


def sheet(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One sheet of one complaint, to be printed; that it was printed stands in the trail."""
    require(request, permissions.VIEW)
    if code not in SHEETS:
        raise Http404
    staff = acting(request)
    found = complaint_of(request, pk)
    row = _whole(Complaint.objects.visible_to(staff)).get(pk=found.pk)
    title, fields = SHEETS[code]
    note_print(complaint=found, sheet=title, actor=staff, at=clock.now())
    context = {"title": title, "complaint": row, "rows": [(name, told(row)) for name, told in fields]}
    return render(request, "complaints/sheet_print.html", context)
