"""What people fill in to open or change an archive. Sealed values are never shown in a form: empty leaves them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import ContactKind, CustomerKind, CustomerStatus, IdentityKind, Industry, Sex
from keheng.customers.models import Company, Customer
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.org.models import Branch, Staff

PERSON_FACTS = ("sex", "birth_date", "occupation", "education", "marital")
COMPANY_FACTS = ("industry", "employees", "annual_sales", "total_assets", "credit_target", "is_borrower",
                 "is_institution", "is_strategic")  # fmt: skip
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ArchiveForm(forms.Form):
    """The fields of an archive; :meth:`values` are the arguments of the operations."""

    name = forms.CharField(max_length=120)
    id_kind = forms.ChoiceField(label=_("Document"), required=False)
    id_number = forms.CharField(label=_("Document number"), required=False, max_length=40)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "—"), *Sex.choices])
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=_DATE)
    occupation = forms.CharField(label=_("Occupation"), required=False, max_length=60)
    education = forms.CharField(label=_("Education"), required=False, max_length=30)
    marital = forms.CharField(label=_("Marital status"), required=False, max_length=20)
    industry = forms.ChoiceField(label=_("Industry"), required=False, choices=[("", "—"), *Industry.choices])
    employees = forms.IntegerField(label=_("Employees"), required=False, min_value=0)
    annual_sales = forms.DecimalField(label=_("Annual sales in CNY"), required=False, min_value=0, decimal_places=2)
    total_assets = forms.DecimalField(label=_("Total assets in CNY"), required=False, min_value=0, decimal_places=2)
    credit_target = forms.DecimalField(label=_("Target credit in CNY"), required=False, min_value=0, decimal_places=2)
    is_borrower = forms.BooleanField(label=_("Has loans"), required=False)
    is_institution = forms.BooleanField(label=_("Institution"), required=False)
    is_strategic = forms.BooleanField(label=_("On the strategic list"), required=False)
    mobile = forms.CharField(label=_("Mobile"), required=False, max_length=40)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=100)
    address = forms.CharField(label=_("Address"), required=False, max_length=200)

    contact_kinds = (ContactKind.MOBILE, ContactKind.PHONE, ContactKind.EMAIL, ContactKind.ADDRESS)

    def __init__(self, *args: Any, kind: CustomerKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        is_company = kind == CustomerKind.COMPANY
        for name in PERSON_FACTS if is_company else COMPANY_FACTS:
            del self.fields[name]
        self.fields["name"].label = _("Company name") if is_company else _("Full name")
        usual = IdentityKind.CREDIT_CODE if is_company else IdentityKind.RESIDENT
        others = [choice for choice in IdentityKind.choices if choice[0] not in {"resident", "uscc"}]
        choices = [("", "—"), (usual.value, usual.label), *others]
        self.fields["id_kind"].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Facts of the archive itself; the document only when a number was entered."""
        values = self.cleaned_data
        names = ["name", *(() if self.kind == CustomerKind.COMPANY else PERSON_FACTS)]
        if values["id_number"]:
            names += ["id_kind", "id_number"]
        return {name: values[name] for name in names}

    def company(self) -> dict[str, Any]:
        """What is known of a company; empty of a person."""
        return {name: self.cleaned_data[name] for name in COMPANY_FACTS if name in self.fields}

    def contacts(self) -> dict[str, str]:
        """The contact points that were entered."""
        return {kind.value: self.cleaned_data[kind] for kind in self.contact_kinds if self.cleaned_data[kind]}

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        return {"facts": self.facts(), "company": self.company(), "contacts": self.contacts()}


class NewCustomerForm(ArchiveForm):
    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch"), empty_label=_("Choose a branch"))

    field_order = ("name", "branch")

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["branch"]
        field.queryset, field.initial = _branches(actor), actor.branch_id

    def values(self) -> dict[str, Any]:
        facts = self.facts()
        return {
            "kind": self.kind,
            "name": facts.pop("name"),
            "branch": self.cleaned_data["branch"],
            **super().values(),
            "facts": facts,
        }


class ChangeCustomerForm(ArchiveForm):
    """The present facts; of sealed values the mask stands below the empty field."""

    do_not_disturb = forms.BooleanField(label=_("Do not disturb"), required=False)
    status = forms.ChoiceField(label=_("Status"), choices=CustomerStatus)

    field_order = ("name", "status", "do_not_disturb")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        company = Company.objects.filter(customer=customer).first()
        initial = {
            name: getattr(customer, name) for name in ("name", "status", "do_not_disturb", "id_kind", *PERSON_FACTS)
        }
        initial |= {name: getattr(company, name) for name in COMPANY_FACTS} if company else {}
        super().__init__(*args, kind=CustomerKind(customer.kind), initial=initial, **kwargs)
        if company and company.industry not in {"", *Industry.values}:  # a feed's own word
            industry: Any = self.fields["industry"]
            industry.choices = [*industry.choices, (company.industry, company.industry)]
        masks = {"id_number": masked_document(customer)}
        for point in customer.contact_points.filter(is_primary=True):
            masks.setdefault(point.kind, masked_contact(point))
        for name, mask in masks.items():
            if mask and name in self.fields:
                self.fields[name].help_text = gettext("Now %(mask)s; leave empty to keep it.") % {"mask": mask}

    def facts(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data[name] for name in ("status", "do_not_disturb")}
        return super().facts() | kept


def _branches(actor: Staff) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(actor).filter(is_active=True)
