"""Versions of a scheme: list, reading, comparison, and the editor of drafts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.tiering import operations, queries
from keheng.tiering.enums import SchemeKind
from keheng.tiering.errors import StaleDraftError, TieringError
from keheng.tiering.forms.draft import Editor, read_tree, readable, valid_from_of
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.permissions import EDIT, VIEW, can_edit, can_try
from keheng.tiering.policies.comparison import differences
from keheng.tiering.policies.editing import edit, focus_after
from keheng.tiering.policies.validation import problems, without_data
from keheng.ui.views import PermissionMixin


def version_or_404(code: str, number: int) -> SchemeVersion:
    """The version with its scheme and the people who made it."""
    found = SchemeVersion.objects.select_related("scheme", "edited_by", "submitted_by", "published_by")
    return get_object_or_404(found, scheme__code=code, number=number)


class VersionList(PermissionMixin):
    """The versions of a scheme, newest first, with what can be done with each."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        staff = acting(request)
        context = {
            "scheme": scheme,
            "schemes": Scheme.objects.all(),
            "versions": queries.versions_of(scheme, clock.today()),
            "dry_runs": queries.recent_dry_runs(scheme),
            "may_edit": can_edit(staff),
            "page": "versions",
        }
        return render(request, "tiering/versions.html", context)


class VersionPage(PermissionMixin):
    """One version read aloud, and how it differs from the one before."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version, staff = version_or_404(code, number), acting(request)
        reading = queries.rules_in_words(version)
        before = queries.version_before(version)
        context = {
            "scheme": version.scheme,
            "version": version,
            "reading": reading,
            "tiers": [(rule, None, "") for rule in reading.tiers],
            "before": before,
            "found": differences(before.rules, version.rules) if before else [],
            "may_edit": can_edit(staff),
            "may_try": can_try(staff),
            "dry_runs": queries.recent_dry_runs(version.scheme, version=version),
            "waiting": queries.publication_of(version) if version.is_submitted else None,
        }
        return render(request, "tiering/version.html", context)


class ComparePage(PermissionMixin):
    """Two versions of a scheme side by side: what differs, in words."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        versions = list(scheme.versions.select_related("scheme"))
        by_number = {str(version.number): version for version in versions}
        after = by_number.get(request.GET.get("to", "")) or next(iter(versions), None)
        before = by_number.get(request.GET.get("from", ""))
        if before is None and after is not None:
            before = queries.version_before(after) or after
        found = differences(before.rules, after.rules) if before and after else []
        context = {"scheme": scheme, "versions": versions, "before": before, "after": after, "found": found}
        return render(request, "tiering/compare.html", context)


class DraftPage(PermissionMixin):
    """The rule editor. Every button and every change posts the whole form; only saving keeps it."""

    permission = EDIT

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version = version_or_404(code, number)
        if not version.is_draft or version.is_submitted:
            messages.error(
                request,
                _("{version} waits for a decision; withdraw the request before you change it.").format(version=version)
                if version.is_draft
                else _(
                    "{version} is published and never changes, for results name it as their reason. Make a new draft."
                ).format(version=version),
            )
            return redirect(version)
        return self._show(version, Editor(version))

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version = version_or_404(code, number)
        tree, command = read_tree(request.POST), request.POST.get("do", "")
        version.note = request.POST.get("note", "")[:200]
        version.valid_from = valid_from_of(request.POST, version.valid_from)
        match command:
            case "save" | "submit" | "try" | "overwrite":
                return self._keep(version, Editor(version, tree), command)
            case "":
                return self._show(version, Editor(version, tree), part="#check")
            case _:
                tree = edit(tree, command)
                return self._show(version, Editor(version, tree), part="#editor", focus=focus_after(tree, command))

    def _keep(self, version: SchemeVersion, editor: Editor, command: str) -> HttpResponse:
        revision = self.request.POST.get("revision", "")
        if editor.definition is None:
            messages.error(self.request, _("Not saved: some fields cannot be read; each says what is wrong."))
            return self._show(version, editor)
        try:
            saved = operations.save_draft(
                version=version,
                definition=editor.definition,
                valid_from=version.valid_from,
                note=version.note,
                revision=int(revision) if revision.isdecimal() else 0,
                actor=acting(self.request),
                at=clock.now(),
            )
        except StaleDraftError as error:
            return self._show(version, editor, stale=error)
        except TieringError as error:
            messages.error(self.request, str(error))
            return redirect(version)
        return self._go_on(saved, command)

    def _go_on(self, version: SchemeVersion, command: str) -> HttpResponse:
        staff, at = acting(self.request), clock.now()
        again = reverse("tiering-draft", args=[version.scheme.code, version.number])
        try:
            match command:
                case "submit":
                    operations.submit_draft(version=version, actor=staff, reason=version.note, at=at)
                    messages.success(self.request, _("Submitted: a second person decides about the publication."))
                    return redirect(version)
                case "try":
                    found = operations.request_dry_run(version=version, as_of=None, actor=staff, at=at)
                    return redirect("tiering-dry-run", pk=found.pk)
        except (TieringError, ValidationError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.error(self.request, " ".join(sentences))
            return redirect(again)
        messages.success(self.request, _("The draft is saved."))
        return redirect(again)

    def _show(
        self,
        version: SchemeVersion,
        editor: Editor,
        *,
        part: str = "",
        focus: str = "",
        stale: StaleDraftError | None = None,
    ) -> HttpResponse:
        kind = SchemeKind(version.scheme.kind)
        context: dict[str, Any] = {"version": version, "scheme": version.scheme, "editor": editor, "stale": stale}
        definition = editor.definition
        if definition is not None:
            faults = problems(definition, kind)
            last = queries.latest_published(version.scheme)
            context |= {
                "faults": faults,
                "missing": without_data(definition, queries.metrics_with_data(kind)) if not faults else [],
                "reading": queries.rules_in_words(readable(definition, version)) if not faults else None,
                "last": last,
                "found": differences(last.rules, definition) if last and not faults else [],
            }
            if stale is not None:
                context["theirs"] = differences(stale.current.rules, definition)
        context["focus"] = focus
        context["revision"] = stale.current.revision if stale else self._revision(version)
        context["may_try"] = can_try(acting(self.request))
        htmx: Any = self.request.htmx  # type: ignore[attr-defined]
        return render(self.request, f"tiering/draft.html{part if htmx else ''}", context)

    def _revision(self, version: SchemeVersion) -> int:
        """What the reader began from: an edited form keeps it over its own posts."""
        posted = self.request.POST.get("revision", "")
        return int(posted) if posted.isdecimal() else version.revision


class _Act(PermissionMixin):
    """One act on a version or a scheme, told in a sentence."""

    permission = EDIT

    def carry_out(self, act: Callable[[], Any], back: str) -> Any:
        """Run an operation; what it refuses is told, and the reader goes back."""
        try:
            return act()
        except (TieringError, ValidationError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.error(self.request, " ".join(sentences))
            return redirect(back)


class StartDraft(_Act):
    """Begin a draft from a version and open it in the editor."""

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        source = version_or_404(code, number)
        draft = operations.create_draft(source=source, actor=acting(request), at=clock.now())
        return redirect("tiering-draft", code=code, number=draft.number)


class DiscardDraft(_Act):
    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version, back = version_or_404(code, number), reverse("tiering-versions", args=[code])

        def act() -> HttpResponse:
            operations.discard_draft(version=version, actor=acting(request), at=clock.now())
            messages.success(request, _("The draft v{number} is discarded.").format(number=number))
            return redirect(back)

        answer: HttpResponse = self.carry_out(act, back)
        return answer


class CopyScheme(_Act):
    """A scheme of its own out of the version in force."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme, back = get_object_or_404(Scheme, code=code), reverse("tiering-versions", args=[code])
        wanted, name = request.POST.get("code", "").strip(), request.POST.get("name", "").strip()

        def act() -> HttpResponse:
            draft = operations.copy_scheme(
                source=queries.version_on(scheme, clock.today()),
                code=wanted,
                name=name,
                actor=acting(request),
                at=clock.now(),
            )
            return redirect("tiering-draft", code=wanted, number=draft.number)

        answer: HttpResponse = self.carry_out(act, back)
        return answer


class DeleteScheme(_Act):
    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme, back = get_object_or_404(Scheme, code=code), reverse("tiering-versions", args=[code])

        def act() -> HttpResponse:
            operations.delete_scheme(scheme=scheme, actor=acting(request), at=clock.now())
            messages.success(request, _("The scheme {scheme} is deleted.").format(scheme=scheme))
            return redirect("tiering")

        answer: HttpResponse = self.carry_out(act, back)
        return answer
