"""Documents and pictures of customers, with their versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import DocumentKind
from keheng.customers.models.customer import Customer
from keheng.files.models import StoredFile


class DocumentFacts(models.Model):
    """What is said of a document, now or in an earlier version. Without ``file`` it is kept on paper only."""

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", null=True, blank=True)
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"), editable=False
    )
    added_at = models.DateTimeField(_("added at"), editable=False)

    class Meta:
        abstract = True


class Document(DocumentFacts):
    """A document in its present version; former ones are :class:`DocumentVersion`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind of document"), max_length=16, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=80, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("document")
        ordering = ["customer", "kind", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(issued_on__isnull=True) | Q(expires_on__gt=F("issued_on")),
                name="customers_document_forward",
                violation_error_message=_("It expires after it was issued."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[DocumentKind.PHOTO, DocumentKind.SHOP]) | Q(file__isnull=False),
                name="customers_picture_has_file",
                violation_error_message=_("Choose the picture."),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], name="customers_docs_expiring", condition=Q(expires_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class DocumentVersion(DocumentFacts):
    """A former version of a document, as it was."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))

    class Meta:
        verbose_name = _("former version")
        ordering = ["document", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "number"], name="customers_document_version_once"),
        ]

    def __str__(self) -> str:
        return str(self.number)
