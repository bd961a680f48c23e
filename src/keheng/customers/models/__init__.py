"""The customer archive: persons, companies, what is known of them and from where; reviews, risk, consent, privacy."""

from keheng.customers.models.company import Company
from keheng.customers.models.consent import Consent
from keheng.customers.models.contact import ContactPoint
from keheng.customers.models.custom import CustomField, CustomValue
from keheng.customers.models.customer import Characters, Customer, CustomerManager, CustomerQuerySet
from keheng.customers.models.documents import Document, DocumentVersion
from keheng.customers.models.dossier import (
    CompanyGroup,
    Competitor,
    Cooperation,
    DossierEntry,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)
from keheng.customers.models.duplicates import CrowdedKey, DuplicatePair, NumberAlias, Unification
from keheng.customers.models.emergency import EmergencyAccess
from keheng.customers.models.handout import Handout
from keheng.customers.models.inspection import Inspection, InspectionItem
from keheng.customers.models.papers import LossContact, LossFile, PushFeedback
from keheng.customers.models.person import WEALTH_NEEDS, Person, Sheet
from keheng.customers.models.potentials import Potential, PotentialList
from keheng.customers.models.privacy import AutomatedRefusal, ImpactAssessment, PrivacyCase
from keheng.customers.models.provenance import Provenance, Suggestion
from keheng.customers.models.quality import ArchiveScore, Finding, QualityRun
from keheng.customers.models.relations import Relation
from keheng.customers.models.review import Review
from keheng.customers.models.risk import Assessment, Questionnaire, QuestionnaireDraft
from keheng.customers.models.rules import RuleVersion

__all__ = [
    "WEALTH_NEEDS",
    "ArchiveScore",
    "Assessment",
    "AutomatedRefusal",
    "Characters",
    "Company",
    "CompanyGroup",
    "Competitor",
    "Consent",
    "ContactPoint",
    "Cooperation",
    "CrowdedKey",
    "CustomField",
    "CustomValue",
    "Customer",
    "CustomerManager",
    "CustomerQuerySet",
    "Document",
    "DocumentVersion",
    "DossierEntry",
    "DuplicatePair",
    "EmergencyAccess",
    "Finding",
    "GroupMember",
    "Handout",
    "HealthCheck",
    "ImpactAssessment",
    "Inspection",
    "InspectionItem",
    "KeyContact",
    "LossContact",
    "LossFile",
    "NumberAlias",
    "Person",
    "Potential",
    "PotentialList",
    "PrivacyCase",
    "Project",
    "Provenance",
    "PushFeedback",
    "QualityRun",
    "Questionnaire",
    "QuestionnaireDraft",
    "Relation",
    "Review",
    "RuleVersion",
    "Sheet",
    "Suggestion",
    "Unification",
]
