"""The customer archive: persons, companies and their contact points; consent, privacy requests, files handed out."""

from keheng.customers.models.company import Company
from keheng.customers.models.consent import Consent
from keheng.customers.models.contact import ContactPoint
from keheng.customers.models.customer import Customer, CustomerManager, CustomerQuerySet
from keheng.customers.models.emergency import EmergencyAccess
from keheng.customers.models.handout import Handout
from keheng.customers.models.privacy import AutomatedRefusal, ImpactAssessment, PrivacyCase
from keheng.customers.models.rules import RuleVersion

__all__ = [
    "AutomatedRefusal",
    "Company",
    "Consent",
    "ContactPoint",
    "Customer",
    "CustomerManager",
    "CustomerQuerySet",
    "EmergencyAccess",
    "Handout",
    "ImpactAssessment",
    "PrivacyCase",
    "RuleVersion",
]
