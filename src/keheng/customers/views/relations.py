"""Family and relations: a tab, and forms in the side panel."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from keheng.customers.forms.dossier import RemoveForm
from keheng.customers.forms.relations import ChangeRelationForm, RelateForm
from keheng.customers.models import Customer, Relation
from keheng.customers.operations.relations import change_relation, relate, remove_relation
from keheng.customers.queries.dossier import group_of
from keheng.customers.queries.relations import household_of, relation_of, ties_of
from keheng.customers.views.parts import ArchiveSide, ArchiveTab
from keheng.org.acting import acting


class RelationsTab(ArchiveTab):
    template_name = "customers/relations.html"
    field = "relation"

    def context(self, customer: Customer) -> dict[str, Any]:
        reader = acting(self.request)
        is_person = customer.kind == "person"
        return {
            "ties": ties_of(customer, reader),
            "household": household_of(customer, reader) if is_person else None,
            "group": None if is_person else group_of(customer, reader),
        }


class Relate(ArchiveSide):
    heading = _("Add a relation")
    submit = _("Save the relation")
    done = _("The relation has been saved and shows on both sides.")

    def make_form(self, *data: Any) -> RelateForm:
        return RelateForm(*data, customer=self.customer, reader=acting(self.request))

    def carry_out(self, form: Any, **given: Any) -> Relation:
        return relate(customer=self.customer, **form.values(), **given)


class RelationSide(ArchiveSide):
    """A form about one relation of the customer."""

    relation: Relation

    def prepare(self) -> None:
        relation = relation_of(self.customer, self.kwargs["entry"])
        if relation is None:
            raise Http404
        self.relation = relation


class ChangeRelation(RelationSide):
    heading = _("Change the relation")
    submit = _("Save the relation")
    done = _("The relation has been saved and shows on both sides.")

    def make_form(self, *data: Any) -> ChangeRelationForm:
        return ChangeRelationForm(*data, relation=self.relation)

    def carry_out(self, form: Any, **given: Any) -> None:
        values, seen = form.values(), form.seen_at()
        change_relation(relation=self.relation, customer=self.customer, values=values, seen=seen, **given)


class RemoveRelation(RelationSide):
    heading = _("Remove the relation")
    submit = _("Remove")
    done = _("The relation has been removed from both sides.")
    note = _("Only for what was entered by mistake. Enter an end where it no longer holds.")

    def make_form(self, *data: Any) -> RemoveForm:
        return RemoveForm(*data)

    def carry_out(self, form: Any, **given: Any) -> None:
        reason = form.cleaned_data["reason"]
        remove_relation(relation=self.relation, customer=self.customer, reason=reason, **given)
