"""The log of e-mail intake, and the settings of mailboxes and letters."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.common.masking import mask_email
from keheng.complaints import permissions
from keheng.complaints.enums import Degree, Grade, MailOutcome, MailRefusal
from keheng.complaints.forms.letters import TemplateForm
from keheng.complaints.forms.mail import MailboxForm
from keheng.complaints.forms.settings import ConsequencesForm
from keheng.complaints.models import ConsequenceVersion, IncomingMail, LetterTemplate, Mailbox
from keheng.complaints.operations import mail, templates
from keheng.complaints.operations.consequence_rules import CONSEQUENCES, propose_consequences
from keheng.complaints.queries.letters import consequences_on, template
from keheng.complaints.queries.letters import templates as templates_in_use
from keheng.org.acting import acting
from keheng.ui.lists import BadgeColumn, EmptyState, FilterSet, ListView, MomentColumn, Table
from keheng.ui.views import SideForm, require
from keheng.versions.queries import history, waiting
from keheng.versions.views import Propose

TONES: dict[str, str] = {MailOutcome.REGISTERED: "met", MailOutcome.JOINED: "info", MailOutcome.REFUSED: "over"}


class MailTable(Table):
    """Messages that were looked at; senders are masked, and nothing of what they wrote stands here."""

    taken_at = MomentColumn(verbose_name=_("looked at"), orderable=True)
    outcome = BadgeColumn(verbose_name=_("what became of it"), tones=TONES)
    refusal = tables.Column(verbose_name=_("why it was refused"))
    complaint = tables.Column(verbose_name=_("complaint"))
    sender = tables.Column(verbose_name=_("sender"), empty_values=())
    size = tables.Column(verbose_name=_("size"))
    mailbox = tables.Column(verbose_name=_("mailbox for complaints"))
    left_out = tables.Column(verbose_name=_("files not taken"), empty_values=())
    fixed = ("taken_at",)

    class Meta(Table.Meta):
        model = IncomingMail
        fields = ()
        orderable = False

    def render_sender(self, record: Any) -> str:
        return mask_email(record.sender) if record.sender else "—"

    def render_size(self, value: int) -> str:
        return f"{value / 2**20:.1f} MB" if value >= 2**20 else f"{-(-value // 2**10)} KB"

    def render_left_out(self, record: Any) -> str:
        return str(len(record.left_out)) if record.left_out else "—"


class MailFilter(FilterSet):
    outcome = django_filters.MultipleChoiceFilter(choices=MailOutcome, label=_("what became of it"))
    refusal = django_filters.MultipleChoiceFilter(choices=MailRefusal, label=_("why it was refused"))

    class Meta:
        model = IncomingMail
        fields: list[str] = []


class MailLog(ListView):
    """Every message that was looked at, the refused ones with their reason."""

    permission = permissions.HANDLE
    key, title = "complaint-mail", _("E-mail intake")
    unit = pgettext_lazy("measure word of messages", "messages")
    table_class, filterset_class = MailTable, MailFilter
    default_sort = "-taken_at"

    def get_queryset(self) -> "QuerySet[IncomingMail]":
        staff = acting(self.request)
        rows = IncomingMail.objects.all()
        return rows if staff.scope == "all" else rows.filter(mailbox__branch_id__in=staff.branch_ids)

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("mailbox", "complaint").defer("text", "subject")

    def empty_state(self) -> EmptyState:
        return EmptyState(
            gettext("No messages yet"), gettext("Set up a mailbox; it is looked into every minute."), "mail"
        )


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as far as it was taken."""
    require(request, permissions.HANDLE)
    staff = acting(request)
    rows = IncomingMail.objects.select_related("mailbox", "complaint")
    visible = rows if staff.scope == "all" else rows.filter(mailbox__branch_id__in=staff.branch_ids)
    found = get_object_or_404(visible, pk=pk)
    sender = mask_email(found.sender) if found.sender else ""
    return render(request, "complaints/message.html", {"message": found, "sender": sender})


def mail_settings(request: HttpRequest) -> HttpResponse:
    """Mailboxes, templates of letters, and the rules of consequences, each with its source."""
    require(request, permissions.SETTINGS)
    version = consequences_on(clock.today())
    context = {
        "mailboxes": Mailbox.objects.select_related("branch"),
        "templates": templates_in_use(),
        "version": version,
        "rules": version.rules,
        "waiting": waiting(CONSEQUENCES.kind),
        "history": history(ConsequenceVersion.objects.all()),
        "inspected": [Degree(degree).label for degree in Degree if degree in version.rules.inspected],
        "degrees": [degree.label for degree in Degree],
        "grades": [
            (
                grade.label,
                [version.rules.points_of(grade, degree) for degree in Degree],
                version.rules.compensation[grade],
            )
            for grade in Grade
        ],
    }
    return render(request, "complaints/mail_settings.html", context)


class ChangeMailbox(SideForm):
    heading, submit, done = _("Mailbox for complaints"), _("Save"), _("The mailbox is saved.")
    permission = permissions.SETTINGS

    def make_form(self, *data: Any) -> forms.Form:
        pk = self.kwargs.get("pk")
        kept = get_object_or_404(Mailbox, pk=pk) if pk else None
        return MailboxForm(*data[:1], instance=kept)  # type: ignore[return-value]

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        assert isinstance(form, MailboxForm)
        kept = form.save(commit=False)
        return mail.set_mailbox(mailbox=kept, password=form.cleaned_data["password"], **given)


class ChangeTemplate(SideForm):
    heading, submit, done = _("Change the template"), _("Put into use"), _("The new version is in use.")
    permission = permissions.SETTINGS
    note = _("In braces: name, number, received, statement, finding, outcome, compensation, remedies, branch, date.")

    def make_form(self, *data: Any) -> forms.Form:
        get_object_or_404(LetterTemplate, code=self.kwargs["code"], number=1)
        used = template(self.kwargs["code"])
        return TemplateForm(data[0] if data else None, initial={"subject": used.subject, "body": used.body})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return templates.change_template(code=self.kwargs["code"], **form.cleaned_data, **given)


class ChangeConsequences(Propose):
    heading = _("Change what follows")
    permission = permissions.SETTINGS
    note = _("Points are zero or below. Conclusions that were told keep the rules they were made under.")

    def make_form(self, *data: Any) -> forms.Form:
        return ConsequencesForm(*data[:1], version=consequences_on(clock.today()))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        assert isinstance(form, ConsequencesForm)
        reason = form.cleaned_data["reason"]
        return propose_consequences(definition=form.definition(), reason=reason, **given)
