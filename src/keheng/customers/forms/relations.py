"""The forms of relations."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.common.masking import mask_phone
from keheng.customers.enums import CustomerKind, RelationKind
from keheng.customers.forms.dossier import SeenMixin, day_input
from keheng.customers.models import Customer, Relation
from keheng.customers.policies.relations import WITH_SHARE, offered
from keheng.org.models import Staff


class RelateForm(forms.Form):
    """The other one: a customer by number, or somebody by name."""

    kind = forms.ChoiceField(label=_("The other one is the customer's"))
    number = forms.CharField(
        label=_("Customer number"), required=False, max_length=40, help_text=_("Of another customer of ours, or:")
    )
    outsider = forms.CharField(label=_("Name of somebody else"), required=False, max_length=120)
    outsider_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    share = forms.DecimalField(
        label=_("Share in %"), required=False, min_value=0, max_value=100, decimal_places=2, help_text=_("Of shares.")
    )
    started_on = forms.DateField(label=_("Start date"), required=False, widget=day_input())
    note = forms.CharField(
        label=_("Remarks"), required=False, max_length=300, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, customer: Customer, reader: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.reader = customer, reader
        choices = [(kind.value, kind.label) for kind in offered(CustomerKind(customer.kind))]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        self.cleaned_data["other"] = None
        if number:
            found = Customer.objects.visible_to(self.reader).filter(number=number).first()
            if found is None:
                raise forms.ValidationError(
                    gettext("No customer in your scope has this number. Copy it from the customer's page.")
                )
            self.cleaned_data["other"] = found
        return number

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "number" in values and bool(values.get("other")) == bool(values.get("outsider")):
            self.add_error("number", gettext("Name either a customer or somebody else."))
        return values

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "number"}
        values["kind"] = RelationKind(values["kind"])
        return values


class ChangeRelationForm(SeenMixin):
    """What may change of a relation; who stands in it does not."""

    share = forms.DecimalField(label=_("Share in %"), required=False, min_value=0, max_value=100, decimal_places=2)
    started_on = forms.DateField(label=_("Start date"), required=False, widget=day_input())
    ended_on = forms.DateField(
        label=_("Ended on"), required=False, widget=day_input(), help_text=_("Empty while it lasts.")
    )
    outsider_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    note = forms.CharField(
        label=_("Remarks"), required=False, max_length=300, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, relation: Relation, **kwargs: Any) -> None:
        names = ("share", "started_on", "ended_on", "note")
        super().__init__(*args, **kwargs)
        self.initial.update({name: getattr(relation, name) for name in names})
        self.read(relation.changed_at)
        if relation.kind not in WITH_SHARE:
            del self.fields["share"]
        if relation.other_id is not None:
            del self.fields["outsider_phone"]
        elif relation.outsider_phone:
            told = gettext("Now %(mask)s; leave empty to keep it.") % {"mask": mask_phone(relation.outsider_phone)}
            self.fields["outsider_phone"].help_text = told

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if not values.get("outsider_phone"):
            values.pop("outsider_phone", None)
        return values
