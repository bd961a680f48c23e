"""What people fill in to open an archive by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import ContactKind, CustomerKind, IdentityKind, Industry, Sex
from keheng.org.models import Branch, Staff

PERSON_FACTS = ("sex", "birth_date", "occupation", "education", "marital")
COMPANY_FACTS = ("industry", "employees", "annual_sales", "total_assets", "credit_target", "is_borrower",
                 "is_institution", "is_strategic")  # fmt: skip
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewCustomerForm(forms.Form):
    """What is asked of a customer whom no feed has brought; :meth:`values` are the arguments of the operation."""

    name = forms.CharField(max_length=120)
    branch = forms.ModelChoiceField(Branch.objects.none(), label=_("Branch"), empty_label=_("Choose a branch"))
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

    def __init__(self, *args: Any, kind: CustomerKind, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id
        is_company = kind == CustomerKind.COMPANY
        for name in PERSON_FACTS if is_company else COMPANY_FACTS:
            del self.fields[name]
        self.fields["name"].label = _("Company name") if is_company else _("Full name")
        usual = IdentityKind.CREDIT_CODE if is_company else IdentityKind.RESIDENT
        others = [choice for choice in IdentityKind.choices if choice[0] not in {"resident", "uscc"}]
        choices = [("", "—"), (usual.value, usual.label), *others]
        self.fields["id_kind"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation; the document only when a number was entered."""
        told = self.cleaned_data
        names = [] if self.kind == CustomerKind.COMPANY else list(PERSON_FACTS)
        if told["id_number"]:
            names += ["id_kind", "id_number"]
        return {
            "kind": self.kind,
            "name": told["name"],
            "branch": told["branch"],
            "facts": {name: told[name] for name in names},
            "company": {name: told[name] for name in COMPANY_FACTS if name in self.fields},
            "contacts": {kind.value: told[kind] for kind in self.contact_kinds if told[kind]},
        }
