"""The fields that a file can fill, and how each is read unless the profile says otherwise."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keheng.ingest.enums import Group, Kind


@dataclass(frozen=True)
class Target:
    """One field: the part of the customer it belongs to, the kinds of column that can fill it, and its room."""

    group: Group
    kinds: tuple[Kind, ...]
    label: str | Promise
    maximum: int | None = None  # characters
    private: bool = False  # masked wherever its value is shown

    @property
    def kind(self) -> Kind:
        """How the field is read unless the profile says otherwise."""
        return self.kinds[0]


def _amount(label: Promise | str) -> Target:
    return Target(Group.FIGURES, (Kind.AMOUNT,), label)


TARGETS: dict[str, Target] = {
    "number": Target(Group.ARCHIVE, (Kind.CODE,), _("Customer number"), 40),
    "kind": Target(Group.ARCHIVE, (Kind.CHOICE,), _("Person or company")),
    "status": Target(Group.ARCHIVE, (Kind.CHOICE,), _("Status")),
    "name": Target(Group.ARCHIVE, (Kind.TEXT,), _("Name"), 120),
    "branch": Target(Group.ARCHIVE, (Kind.BRANCH,), _("Branch")),
    "owner": Target(Group.ARCHIVE, (Kind.STAFF,), _("Relationship manager")),
    "id_kind": Target(Group.ARCHIVE, (Kind.CHOICE,), _("Kind of document")),
    "id_number": Target(Group.ARCHIVE, (Kind.DOCUMENT,), _("Document number"), private=True),
    "sex": Target(Group.ARCHIVE, (Kind.CHOICE, Kind.CZECH_SEX), _("Sex")),
    "birth_date": Target(Group.ARCHIVE, (Kind.DATE, Kind.AGE, Kind.CZECH_BIRTH_DATE), _("Date of birth")),
    "occupation": Target(Group.ARCHIVE, (Kind.TEXT, Kind.CHOICE), _("Occupation"), 60),
    "education": Target(Group.ARCHIVE, (Kind.TEXT, Kind.CHOICE), _("Education"), 30),
    "marital": Target(Group.ARCHIVE, (Kind.TEXT, Kind.CHOICE), _("Marital status"), 20),
    "opened_on": Target(Group.ARCHIVE, (Kind.DATE,), _("Customer since")),
    "do_not_disturb": Target(Group.ARCHIVE, (Kind.FLAG,), _("Do not disturb")),
    "mobile": Target(Group.CONTACT, (Kind.CONTACT,), _("Mobile"), private=True),
    "phone": Target(Group.CONTACT, (Kind.CONTACT,), _("Telephone"), private=True),
    "backup": Target(Group.CONTACT, (Kind.CONTACT,), _("Backup phone"), private=True),
    "email": Target(Group.CONTACT, (Kind.CONTACT,), _("E-mail"), private=True),
    "wechat": Target(Group.CONTACT, (Kind.CONTACT,), _("WeChat"), private=True),
    "address": Target(Group.CONTACT, (Kind.CONTACT,), _("Address"), 200, private=True),
    "industry": Target(Group.COMPANY, (Kind.TEXT, Kind.CHOICE), _("Industry"), 40),
    "is_borrower": Target(Group.COMPANY, (Kind.FLAG,), _("Has loans")),
    "is_institution": Target(Group.COMPANY, (Kind.FLAG,), _("Institution")),
    "is_strategic": Target(Group.COMPANY, (Kind.FLAG,), _("Strategic customer")),
    "annual_sales": Target(Group.COMPANY, (Kind.AMOUNT,), _("Annual sales")),
    "total_assets": Target(Group.COMPANY, (Kind.AMOUNT,), _("Total assets")),
    "credit_target": Target(Group.COMPANY, (Kind.AMOUNT,), _("Target credit")),
    "employees": Target(Group.COMPANY, (Kind.INTEGER,), _("Employees")),
    "as_of": Target(Group.FIGURES, (Kind.DATE,), _("Date of the figures")),
    "aum": _amount(_("AUM")),
    "aum_average": _amount(_("AUM, month average")),
    "deposits": _amount(_("Deposits")),
    "deposits_average": _amount(_("Deposits, month average")),
    "wealth": _amount(_("Wealth products")),
    "funds": _amount(_("Funds and securities")),
    "loans": _amount(_("Loan balance")),
    "card_spend": _amount(_("Card spend in 12 months")),
    "card_grade": Target(Group.FIGURES, (Kind.CHOICE,), _("Best card class")),
    "margin": _amount(_("Third-party-custody margin")),
    "lots": Target(Group.FIGURES, (Kind.INTEGER,), _("Lots traded in the month")),
    "product_count": Target(Group.FIGURES, (Kind.INTEGER,), _("Products held")),
    "revenue": _amount(_("Revenue in 12 months")),
}

ACCOUNT_TARGETS: dict[str, Target] = {
    "number": Target(Group.ACCOUNT, (Kind.CODE,), _("Account number"), 40, private=True),
    "customer": Target(Group.ACCOUNT, (Kind.CODE,), _("Customer number"), 40),
    "opened_on": Target(Group.ACCOUNT, (Kind.DATE,), _("Opened on")),
    "original_balance": Target(Group.ACCOUNT, (Kind.AMOUNT,), _("Balance in the account's currency")),
    "card_grade": Target(Group.ACCOUNT, (Kind.CHOICE,), _("Card class")),
}


def of_group(group: Group) -> tuple[str, ...]:
    """The fields of a part of the customer, in order."""
    return tuple(name for name, target in TARGETS.items() if target.group == group)
