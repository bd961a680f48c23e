"""Documents and pictures of customers: handed in, renewed, opened, removed (A1, A15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.archive.rulebook import document_rules
from keheng.customers.enums import CustomerKind, DocumentKind
from keheng.customers.events import CustomerChanged
from keheng.customers.models import Customer, Document, DocumentVersion
from keheng.customers.permissions.documents import check_remove_document, why_not_open_document
from keheng.files import operations as files
from keheng.files.models import StoredFile
from keheng.org.models import Staff

FACTS = ("copies", "issued_on", "expires_on", "note")


def add_document(
    *,
    customer: Customer,
    kind: DocumentKind,
    title: str = "",
    facts: Mapping[str, Any] | None = None,
    upload: "File[Any] | None" = None,
    actor: Staff,
    at: datetime,
) -> Document:
    """Put a document on file. Without ``upload`` it is known to lie on paper.

    Args:
        facts: any of :data:`FACTS`.

    Raises:
        ValidationError: by field, in words; a file that is refused stands in the trail.
    """
    permissions.check_edit(actor, customer)
    if kind not in document_rules().kinds[CustomerKind(customer.kind)]:
        words = {"kind": kind.label, "customer": customer.get_kind_display()}
        raise ValidationError({"kind": _("A %(customer)s has no “%(kind)s”.") % words})
    examined = _examined(kind, upload, actor=actor, at=at)
    with transaction.atomic():
        document = Document(customer=customer, kind=kind, title=title, added_by=actor, added_at=at)
        changed = changes.apply(document, **_only(facts))
        document.file = files.store(examined=examined, actor=actor, at=at) if examined else None
        document.full_clean()
        document.save()
        _told("customers.add_document", document, actor=actor, at=at, detail={"changes": changed})
    return document


def renew_document(
    *, document: Document, facts: Mapping[str, Any], upload: "File[Any] | None" = None, actor: Staff, at: datetime
) -> Document:
    """Put a newer version in the place of the present one, which is kept with its file.

    Raises:
        ValidationError: by field, in words.
    """
    permissions.check_edit(actor, document.customer)
    examined = _examined(DocumentKind(document.kind), upload, actor=actor, at=at)
    with transaction.atomic():
        present = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        former = DocumentVersion(
            document=present,
            number=present.version,
            file=present.file,
            added_by=present.added_by,
            added_at=present.added_at,
            **{name: getattr(present, name) for name in FACTS},
        )
        former.save()
        changed = changes.apply(present, **_only(facts))
        present.file = files.store(examined=examined, actor=actor, at=at) if examined else None
        present.version, present.added_by, present.added_at = present.version + 1, actor, at
        present.full_clean()
        present.save()
        _told("customers.renew_document", present, actor=actor, at=at, detail={"changes": changed})
    return present


@transaction.atomic
def change_document(*, document: Document, facts: Mapping[str, Any], actor: Staff, at: datetime) -> None:
    """Correct what is said of the present version; its file stays."""
    permissions.check_edit(actor, document.customer)
    present = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    changed = changes.apply(present, **_only(facts, *FACTS, "title"))
    if changed:
        present.full_clean()
        present.save()
        _told("customers.change_document", present, actor=actor, at=at, detail={"changes": changed})


@transaction.atomic
def remove_document(*, document: Document, reason: str, actor: Staff, at: datetime) -> None:
    """Delete a document with its versions and their files. The trail keeps that it was there, and its digest."""
    check_remove_document(actor, document.customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the document is removed.")})
    held = [document.file, *(version.file for version in document.versions.select_related("file"))]
    kept = [file for file in held if file is not None]
    detail = {"digests": [bytes(file.digest).hex() for file in kept]}
    _told("customers.remove_document", document, actor=actor, at=at, reason=reason.strip(), detail=detail)
    document.delete()
    for file in kept:
        files.discard(file=file)


def open_document(*, document: Document, version: int | None = None, actor: Staff, at: datetime) -> StoredFile:
    """Return the file of a document, of an earlier version when one is named; every opening stands in the trail.

    Raises:
        PermissionDenied: with the reason in words; the attempt stands in the trail too.
        LookupError: there is no such version, or it is on paper only.
    """
    number = document.version if version is None else version
    held: Document | DocumentVersion | None = document
    if number != document.version:
        held = document.versions.select_related("file").filter(number=number).first()
    if held is None or held.file is None:
        raise LookupError(number)
    refusal = why_not_open_document(actor, document.customer)
    outcome = Outcome.REFUSED if refusal else Outcome.DONE
    detail = {"document": document.kind, "version": number}
    record("customers.open_document", actor=actor, at=at, target=document.customer, outcome=outcome, detail=detail)
    if refusal:
        raise PermissionDenied(refusal)
    return held.file


def _examined(kind: DocumentKind, upload: "File[Any] | None", *, actor: Staff, at: datetime) -> files.Examined | None:
    picture = kind in document_rules().pictures
    if upload is None:
        if picture:
            raise ValidationError({"file": _("Choose the picture.")})
        return None
    return files.examine(upload=upload, only_pictures=picture, actor=actor, at=at)


def _only(facts: Mapping[str, Any] | None, *names: str) -> dict[str, Any]:
    known = names or FACTS
    unknown = set(facts or {}) - set(known)
    if unknown:
        raise TypeError(f"not facts of a document: {', '.join(sorted(unknown))}")
    return dict(facts or {})


def _told(
    action: str, document: Document, *, actor: Staff, at: datetime, reason: str = "", detail: Mapping[str, Any]
) -> None:
    words = {"document": document.kind, "version": document.version, **detail}
    record(action, actor=actor, at=at, target=document.customer, reason=reason, detail=words)
    publish(CustomerChanged(document.customer.pk, ("document",), at))
