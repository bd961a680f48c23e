"""Words of the customer archive."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class CustomerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    CLOSED = "closed", _("Closed")


class Sex(models.TextChoices):
    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class Source(models.TextChoices):
    """Who told a value of the archive (A1). A value without a note of its own came with the feed or the opening."""

    FEED = "feed", _("Core system")
    COUNTER = "counter", _("Counter")
    MANAGER = "manager", _("Relationship manager")
    VISIT = "visit", _("Visit note")
    CUSTOMER = "customer", _("The customer")


class ArchiveClass(models.TextChoices):
    """The four classes of an archive (A1)."""

    INFORMATION = "information", _("Information")
    RISK = "risk", _("Risk assessment")
    GRADE = "grade", _("Service grade")
    CONFIDENTIALITY = "secrecy", _("Confidentiality level")


class Kinship(models.TextChoices):
    """What an emergency contact is to the customer."""

    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Other relative")
    FRIEND = "friend", _("Friend")
    COLLEAGUE = "colleague", _("Colleague")


class Interest(models.TextChoices):
    """Interests that occasions and gifts are chosen by (A1: classes for precision marketing)."""

    TRAVEL = "travel", _("Travel")
    FITNESS = "fitness", _("Running and fitness")
    BALL_GAMES = "ball-games", _("Ball games")
    GOLF = "golf", _("Golf")
    HIKING = "hiking", _("Hiking")
    FISHING = "fishing", _("Fishing")
    TEA = "tea", _("Tea")
    FOOD = "food", _("Cooking and food")
    READING = "reading", _("Reading")
    CALLIGRAPHY = "calligraphy", _("Calligraphy and painting")
    COLLECTING = "collecting", _("Collecting")
    PHOTOGRAPHY = "photography", _("Photography")
    MUSIC = "music", _("Music and opera")
    DANCING = "dancing", _("Dancing")
    CHESS = "chess", _("Chess and cards")
    GARDENING = "gardening", _("Flowers and gardening")
    PETS = "pets", _("Pets")
    CARS = "cars", _("Cars")
    HEALTH = "health", _("Health care")
    PARENTING = "parenting", _("Education of children")
    CHARITY = "charity", _("Charity")


class SpendingHabit(models.TextChoices):
    """How a person spends (A1)."""

    FRUGAL = "frugal", _("Frugal")
    PLANNED = "planned", _("Planned")
    QUALITY = "quality", _("Looks for quality")
    SPONTANEOUS = "spontaneous", _("Spontaneous")
    CREDIT = "credit", _("By instalments and credit")


class Investment(models.TextChoices):
    """What a customer likes to invest in (A1, 002: 投资偏好)."""

    DEPOSITS = "deposits", _("Deposits")
    WEALTH = "wealth", _("Wealth products")
    BONDS = "bonds", _("Bonds")
    FUNDS = "funds", _("Funds")
    STOCKS = "stocks", _("Stocks")
    FUTURES = "futures", _("Futures and options")
    INSURANCE = "insurance", _("Insurance")
    GOLD = "gold", _("Gold")


class TradingHabit(models.TextChoices):
    """Whether a customer mostly trades or mostly holds (A1, 002: 交易习惯)."""

    SWING = "swing", _("Mostly short-term swings")
    HOLDING = "holding", _("Mostly holding")
    MIXED = "mixed", _("Both")


class TradingMode(models.TextChoices):
    """Where orders are given: on site, or off site by one of three ways (A1, 002: 交易方式)."""

    ON_SITE = "on-site", _("On site")
    PHONE = "phone", _("Off site, by telephone")
    ONLINE = "online", _("Off site, on the web")
    MOBILE = "mobile", _("Off site, by mobile phone")


class WealthContent(models.TextChoices):
    """What the customer wants to be told (A1, 002: 理财需求, content)."""

    ALERTS = "alerts", _("Basic alerts")
    RESEARCH = "research", _("Research reports")
    PICKS = "picks", _("Stock picks")


class WealthManner(models.TextChoices):
    """How the customer wants to be told it (A1, 002: 理财需求, manner)."""

    SMS = "sms", _("SMS")
    PHONE = "phone", _("Telephone")
    MAIL = "mail", _("Mail")


class RiskGrade(models.TextChoices):
    """How much risk a customer bears; C*n* may buy up to R*n* (decision 22)."""

    C1 = "C1", _("C1 conservative")
    C2 = "C2", _("C2 cautious")
    C3 = "C3", _("C3 balanced")
    C4 = "C4", _("C4 active")
    C5 = "C5", _("C5 aggressive")


class AssessmentChannel(models.TextChoices):
    """Where a risk assessment was taken."""

    COUNTER = "counter", _("At the counter")
    VISIT = "visit", _("At a visit")
    ONLINE = "online", _("Online")
    PAPER = "paper", _("On paper")


class CustomType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes-no", _("Yes or no")
    ONE = "one", _("One of a list")
    SEVERAL = "several", _("Several of a list")


class SuggestionState(models.TextChoices):
    """What became of a suggested value; superseded: its source says something else now, or the archive agrees."""

    OPEN = "open", _("Undecided")
    ACCEPTED = "accepted", _("Taken over")
    REJECTED = "rejected", _("Turned down")
    SUPERSEDED = "superseded", _("Overtaken")


class ReviewOutcome(models.TextChoices):
    """How a review of an archive ended; empty while it is open."""

    CONFIRMED = "confirmed", _("Checked, nothing changed")
    UPDATED = "updated", _("Updated")
    DECLINED = "declined", _("The customer declined")
    UNREACHED = "unreached", _("Not reached")


class IdentityKind(models.TextChoices):
    RESIDENT = "resident", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    CREDIT_CODE = "uscc", _("Unified social credit code")
    OTHER = "other", _("Other document")


class ContactKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    PHONE = "phone", _("Telephone")
    BACKUP = "backup", _("Backup phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    ADDRESS = "address", _("Address")


class Confidentiality(models.IntegerChoices):
    """Confidentiality level of an archive (A1, A15); 3 is the strictest."""

    ORDINARY = 1, _("Level 1")
    RESTRICTED = 2, _("Level 2")
    STRICT = 3, _("Level 3")


class FieldGroup(models.TextChoices):
    """What the fields of an archive tell; each group opens or stays closed as one."""

    LISTING = "listing", _("Entry in lists")
    BASIC = "basic", _("Basic facts")
    IDENTITY = "identity", _("Identity document")
    CONTACT = "contact", _("Contact points")
    FAMILY = "family", _("Family and relations")
    FINANCE = "finance", _("Income and assets")
    ACCOUNT = "account", _("Account numbers")
    MEDIA = "media", _("Photos and documents")
    SECRET = "secret", _("Passwords and biometrics")


class FieldClass(models.TextChoices):
    """Classes of personal financial data (JR/T 0171-2020); not to be confused with the investor grades C1–C5."""

    C1 = "C1", _("C1: of use inside the institution")
    C2 = "C2", _("C2: tells who somebody is or what they own")
    C3 = "C3", _("C3: opens accounts")


class Disclosure(models.IntegerChoices):
    """How much of a field a reader is shown."""

    HIDDEN = 0, _("Hidden")
    MASKED = 1, _("Masked")
    REVEAL = 2, _("Masked, shown on request")
    OPEN = 3, _("Open to read")


class ReaderKind(models.TextChoices):
    """In what capacity somebody reads an archive; several may hold at once, the most generous counts."""

    ORDINARY = "ordinary", _("Within scope")
    RESTRICTED = "restricted", _("Cleared for level 2")
    STRICT = "strict", _("Cleared for level 3")
    OWNER = "owner", _("Owner")
    EMERGENCY = "emergency", _("Emergency access")


class PotentialSource(models.TextChoices):
    """Where the names of a list come from (A1 潜力客户; A4 名单制 over five sources, payroll drives)."""

    RULE = "rule", _("Rule over the archives")
    TELLER = "teller", _("Collected at the counter")
    COAL = "coal", _("Coal consolidation")
    LISTED = "listed", _("Executives of listed companies")
    OWNERS = "owners", _("Owners of small and private companies")
    CUSTODY = "custody", _("Custody")
    DEVELOPERS = "developers", _("Property developers")
    PAYROLL = "payroll", _("Payroll companies")
    OTHER = "other", _("Another source")


class PotentialState(models.TextChoices):
    """How far a potential customer has come."""

    NEW = "new", pgettext_lazy("potential customer", "New")
    CONTACTED = "contacted", _("Contacted")
    CUSTOMER = "customer", _("Became a customer")
    DECLINED = "declined", pgettext_lazy("potential customer", "Declined")


class DraftState(models.TextChoices):
    """What became of the draft of a questionnaire."""

    OPEN = "open", _("Draft")
    ASKED = "asked", _("Waits for a second person")
    PUBLISHED = "published", _("Published")
    DROPPED = "dropped", _("Dropped")


class RuleTopic(models.TextChoices):
    """Which rules of the archive a version holds."""

    CONFIDENTIALITY = "confidentiality", _("Confidentiality rules")
    PRIVACY = "privacy", _("Privacy rules")
    REVIEWS = "reviews", _("Reviews of archives")
    COMPLETENESS = "completeness", _("Completeness rules")
    VALIDITY = "validity", _("Validity rules")
    DUPLICATES = "duplicates", _("Duplicate rules")
    INSPECTION = "inspection", _("Inspection rules")


class Verdict(models.TextChoices):
    """What the review of an emergency access finds."""

    JUSTIFIED = "justified", _("Justified")
    EXCESSIVE = "excessive", _("Justified, but more was read than needed")
    UNJUSTIFIED = "unjustified", _("Not justified")


class ConsentHow(models.TextChoices):
    """How a consent was given or withdrawn."""

    COUNTER = "counter", _("Form at the counter")
    APP = "app", _("App or web bank")
    PHONE = "phone", _("Recorded call")
    MESSAGE = "message", _("Reply to a message")
    OPENING = "opening", _("Account opening")


class CaseKind(models.TextChoices):
    """What a data subject may ask for (PIPL 24, 44–48)."""

    ACCESS = "access", _("Copy of the data")
    CORRECTION = "correction", _("Correction")
    DELETION = "deletion", _("Deletion")
    AUTOMATED = "automated", _("Refusal of automated decisions")
    EXPLANATION = "explanation", _("Explanation")


class CaseState(models.TextChoices):
    """Where a privacy request stands."""

    OPEN = "open", _("Being handled")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IdentityProof(models.TextChoices):
    """How whoever asks has shown who they are."""

    DOCUMENT = "document", _("Document at the counter")
    APP = "app", _("Signed in to the app")
    PROXY = "proxy", _("Proxy with power of attorney")
    GUARDIAN = "guardian", _("Guardian")


class RiskLevel(models.TextChoices):
    """What risk remains after the measures of an impact assessment."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class FileForm(models.TextChoices):
    """The forms of a file that is handed out."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    JSON = "json", "JSON"


class HandoutState(models.TextChoices):
    """Where a file to be handed out stands."""

    ASKED = "asked", _("Waits for approval")
    QUEUED = "queued", _("Being made")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted after its time")


class Industry(models.TextChoices):
    """The industries that rules tell apart (decision 25); a feed may bring others, in its own words."""

    MANUFACTURING = "manufacturing", _("Manufacturing")
    CONSTRUCTION = "construction", _("Construction")
    WHOLESALE = "wholesale", _("Wholesale")
    RETAIL = "retail", _("Retail")
    HOTEL = "hotel", _("Hotels")
    CATERING = "catering", _("Catering")
    TRANSPORT = "transport", _("Transport")
    SERVICES = "services", _("Services")
    REAL_ESTATE = "real-estate", _("Real estate")
    INTERNET = "internet", _("Internet")
    IOT = "iot", _("Internet of things")


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
    PHOTO = "photo", _("Photo of the customer")
    SHOP = "shop", _("Picture of the shop")
    OTHER = "other", _("Other document")


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    NOTE = "note", _("Note")


class FindingState(models.TextChoices):
    """A finding that a person accepts as right stays accepted."""

    OPEN = "open", pgettext_lazy("finding", "Open")
    ACCEPTED = "accepted", _("Accepted as it is")


class PairState(models.TextChoices):
    OPEN = "open", _("To be decided")
    DISMISSED = "dismissed", _("Not a duplicate")


class InspectionKind(models.TextChoices):
    WEEKLY = "weekly", _("Weekly, on Friday")
    IRREGULAR = "irregular", _("Irregular check")


class ItemState(models.TextChoices):
    """The way of an inspected archive; the transitions stand in ``policies.inspection``."""

    OPEN = "open", _("To be inspected")
    FAULTY = "faulty", _("To be put right")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", pgettext_lazy("inspection", "Closed")
