"""Words of companies, relations and documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RelationKind(models.TextChoices):
    """What the other one is to the customer. Both directions are named; which are stored: ``policies.relations``."""

    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Other relative")
    GUARANTOR = "guarantor", _("Guarantor")
    GUARANTEED = "guaranteed", _("Guarantees for")
    SHAREHOLDER = "shareholder", _("Shareholder")
    INVESTEE = "investee", _("Holds shares of")
    REPRESENTATIVE = "representative", _("Legal representative")
    REPRESENTED = "represented", _("Legally represents")
    CONTROLLER = "controller", _("Actual controller")
    CONTROLLED = "controlled", _("Actually controls")
    EMPLOYER = "employer", _("Employer")
    EMPLOYEE = "employee", _("Employee")
    SUPPLIER = "supplier", _("Supplier")
    BUYER = "buyer", _("Buyer")
    REFERRER = "referrer", _("Introduced by")
    REFERRED = "referred", _("Has introduced")


class DecisionRole(models.TextChoices):
    """What part a key contact has in the decisions of a company."""

    DECIDES = "decides", _("Decides")
    ADVISES = "advises", _("Influences")
    HANDLES = "handles", _("Handles the business")
    USES = "uses", _("Uses the service")
    GUARDS = "guards", _("Controls access")


class CooperationState(models.TextChoices):
    """The three times of cooperation that A1 names."""

    PAST = "past", _("Past")
    CURRENT = "current", _("Current")
    EXPECTED = "expected", _("Expected")


class ProjectState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Under construction")
    IN_SERVICE = "service", _("In service")
    ENDED = "ended", _("Completed")


class HealthGrade(models.TextChoices):
    """The result of a check in the health handbook of a project."""

    SOUND = "sound", _("Sound")
    WATCH = "watch", _("To be watched")
    REPAIR = "repair", _("To be repaired")


class GroupRole(models.TextChoices):
    HEAD = "head", _("Head of the group")
    SUBSIDIARY = "subsidiary", _("Subsidiary")
    AFFILIATE = "affiliate", _("Affiliate")


class DocumentKind(models.TextChoices):
    """What a document is; which customers have it and whether it expires: ``presets/documents.yaml``."""

    IDENTITY = "identity", _("Identity document")
    HOUSEHOLD = "household", _("Household register")
    MARRIAGE = "marriage", _("Marriage certificate")
    INCOME = "income", _("Proof of income")
    PROPERTY = "property", _("Proof of property")
    LICENCE = "licence", _("Business licence")
    ARTICLES = "articles", _("Articles of association")
    REPRESENTATIVE = "representative", _("Document of the legal representative")
    PERMIT = "permit", _("Account or trade permit")
    STATEMENTS = "statements", _("Financial statements")
    AUTHORITY = "authority", _("Power of attorney")
    CONTRACT = "contract", _("Contract")
    ASSESSMENT = "assessment", _("Risk assessment form")
    PRIVATE_BANKING = "private_banking", _("Private-bank agreement")
    PHOTO = "photo", _("Photo of the customer")
    SHOP = "shop", _("Picture of the shop")
    OTHER = "other", _("Other document")
