"""Settings: the risk questionnaires with their versions, how they grade, and the draft of the next one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.audit.queries import history_of
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.enums import CustomerKind, DraftState
from keheng.customers.forms.questionnaire import QuestionnaireForm, ReasonForm
from keheng.customers.forms.sections import AssessmentForm
from keheng.customers.models import Questionnaire, QuestionnaireDraft
from keheng.customers.operations import questionnaires
from keheng.customers.policies.risk import Definition, assess
from keheng.customers.queries.risk import questionnaire_for
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class QuestionnaireList(PermissionMixin):
    """Every version, which is in force, and what is in the making; a post begins a draft."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        kinds = Questionnaire.objects.order_by().values_list("kind", flat=True).distinct()
        in_force = {kind: questionnaire_for(kind, today) for kind in kinds}
        context = {
            "versions": [(one, one == in_force[one.kind]) for one in Questionnaire.objects.all()],
            "drafts": QuestionnaireDraft.objects.filter(state__in=[DraftState.OPEN, DraftState.ASKED]).select_related(
                "made_by"
            ),
            "kinds": [CustomerKind(kind) for kind in kinds],
            "may_change": permissions.can_change_rules(acting(request)),
            "today": today,
        }
        return render(request, "customers/questionnaires/list.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("kind") not in CustomerKind.values:
            raise Http404
        kind = CustomerKind(request.POST["kind"])
        return redirect(questionnaires.draft_questionnaire(kind=kind, actor=acting(request), at=clock.now()))


class _Trial(PermissionMixin):
    """A questionnaire with its scoring; ``?try`` with answers shows what they come to, keeping nothing."""

    permission = permissions.QUALITY

    def trial(self, definition: Definition) -> dict[str, Any]:
        """The questionnaire to be tried, and the result of the answers in the address."""
        english = (get_language() or "").startswith("en")
        answered = "try" in self.request.GET
        form = AssessmentForm(self.request.GET if answered else None, definition=definition, english=english)
        del form.fields["taken_on"], form.fields["channel"]
        result = assess(definition, form.answers()) if answered and form.is_valid() else None
        bands = zip(definition.bands, [*definition.bands[1:], None], strict=True)
        return {
            "definition": definition,
            "trial": form,
            "result": result,
            "bands": [
                (band.grade, band.from_score, following.from_score if following else 100) for band, following in bands
            ],
        }


class QuestionnairePage(_Trial):
    """One version, as it is or was."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(Questionnaire, pk=pk)
        published = history_of(version).first()
        context = {"version": version, "published": published, "from_preset": version.number == 1 and not published}
        context |= self.trial(Definition.model_validate(version.definition))
        return render(request, "customers/questionnaires/version.html", context)


class DraftPage(_Trial):
    """The draft of the next version: saved, tried, handed to a second person, or given up."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002
        draft = get_object_or_404(QuestionnaireDraft.objects.select_related("made_by"), pk=pk)
        return self._page(draft, QuestionnaireForm(definition=draft.definition), ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = get_object_or_404(QuestionnaireDraft.objects.select_related("made_by"), pk=pk)
        form, reason = QuestionnaireForm(definition=draft.definition), ReasonForm()
        given: dict[str, Any] = {"draft": draft, "actor": acting(request), "at": clock.now()}
        match request.POST.get("act"):
            case "ask":
                reason = ReasonForm(request.POST)
                given["reason"] = reason.data.get("reason", "")
                if reason.is_valid() and carry_out(reason, lambda: bool(questionnaires.ask_to_publish(**given))):
                    messages.success(request, _("A second person has been asked."))
                    return redirect(draft)
            case "drop":
                if carry_out(reason, lambda: (questionnaires.drop_draft(**given),)):
                    messages.success(request, _("The draft has been dropped; what is in force stays."))
                    return redirect("archive:questionnaires")
            case _:
                form = QuestionnaireForm(request.POST, definition=draft.definition)
                if form.is_valid() and carry_out(form, lambda: self._save(form, given)):
                    messages.success(request, _("The draft has been saved."))
                    return redirect(draft)
        return self._page(draft, form, reason)

    def _save(self, form: QuestionnaireForm, given: dict[str, Any]) -> bool:
        questionnaires.change_draft(**given, content=form.content())
        return True

    def _page(self, draft: QuestionnaireDraft, form: QuestionnaireForm, reason: ReasonForm) -> HttpResponse:
        may_change = permissions.can_change_rules(acting(self.request)) and draft.state == DraftState.OPEN
        context = {"draft": draft, "form": form, "reason": reason, "may_change": may_change}
        context |= self.trial(Definition.model_validate(draft.definition))
        return render(self.request, "customers/questionnaires/draft.html", context)
