"""What people keep of the pages for themselves: saved views and chosen columns of lists.

Owners stand as numbers: this module lies below the one that knows staff.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named state of a list (filters, sorting, page size), shown as a tab to whoever saved it."""

    owner_id = models.BigIntegerField(_("owner"))
    list_key = models.CharField(_("list"), max_length=60)
    name = models.CharField(_("name"), max_length=20)
    query = models.CharField(_("filters and sorting"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved view")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "list_key", "name"], name="ui_saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """The columns of a list that one person wants to see; without a row the list's own choice holds."""

    owner_id = models.BigIntegerField(_("owner"))
    list_key = models.CharField(_("list"), max_length=60)
    columns = ArrayField(models.CharField(max_length=60), verbose_name=_("columns"))

    class Meta:
        verbose_name = _("chosen columns")
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "list_key"], name="ui_column_choice_once"),
        ]

    def __str__(self) -> str:
        return self.list_key
