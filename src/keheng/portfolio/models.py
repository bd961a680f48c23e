"""Accounts, products, holdings, and the figures per customer that rules and lists read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.models import Customer
from keheng.org.models import Branch
from keheng.portfolio.enums import AccountStatus, ActionKind, CardGrade, ProductKind, RiskGrade


class Product(models.Model):
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=ProductKind)
    risk = models.CharField(_("risk grade"), max_length=2, choices=RiskGrade, blank=True)
    term_days = models.PositiveIntegerField(_("term in days"), null=True, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("product")
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """An account in a core system. Its number is personal financial data: encrypted, found by index and tail."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    number = EncryptedTextField(_("account number"), purpose="portfolio.account")
    number_index = models.BinaryField(unique=True, editable=False)
    number_tail = models.IntegerField(null=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"), null=True)
    status = models.CharField(_("status"), max_length=8, choices=AccountStatus, default=AccountStatus.OPEN)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    balance = MoneyField(_("balance in CNY"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    original_balance = MoneyField(_("balance in the account's currency"), null=True, blank=True)
    card_grade = models.PositiveSmallIntegerField(_("card class"), choices=CardGrade, default=CardGrade.NONE)

    class Meta:
        verbose_name = _("account")
        ordering = ["customer", "pk"]
        indexes = [
            models.Index(
                fields=["number_tail"], condition=models.Q(number_tail__isnull=False), name="portfolio_by_account_tail"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.pk}"


class Holding(models.Model):
    """A position in a product: a wealth product, fund, policy, gold."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    amount = MoneyField(_("market value in CNY"))
    cost = MoneyField(_("cost in CNY"), null=True, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, null=True, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    matures_on = models.DateField(_("matures on"), null=True, blank=True)
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("holding")
        ordering = ["customer", "-amount"]
        indexes = [
            models.Index(fields=["matures_on"], condition=models.Q(matures_on__isnull=False), name="portfolio_maturing")
        ]

    def __str__(self) -> str:
        return str(self.product)


class Figures(models.Model):
    """The metrics of a customer at a date, in CNY unless named otherwise; ``None`` means: no such business."""

    aum = MoneyField(_("AUM"), null=True)
    aum_average = MoneyField(_("AUM, month average"), null=True)
    deposits = MoneyField(_("deposits"), null=True)
    deposits_average = MoneyField(_("deposits, month average"), null=True)
    wealth = MoneyField(_("wealth products"), null=True)
    funds = MoneyField(_("funds and securities"), null=True)
    loans = MoneyField(_("loan balance"), null=True)
    card_spend = MoneyField(_("card spend in 12 months"), null=True)
    card_grade = models.PositiveSmallIntegerField(_("best card class"), choices=CardGrade, null=True)
    margin = MoneyField(_("third-party-custody margin"), null=True)
    lots = models.IntegerField(_("lots traded in the month"), null=True)
    product_count = models.SmallIntegerField(_("products held"), null=True)
    revenue = MoneyField(_("revenue in 12 months"), null=True)

    class Meta:
        abstract = True


class CurrentFigures(Figures):
    """The latest figures of each customer, one row each. ``as_of`` is the date of the feed.

    Written by set-based merges that create the customer in the same transaction, so the key carries no constraint
    of its own (a check per row would double an import); ``keheng doctor`` counts strays.
    """

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, related_name="figures", db_constraint=False
    )
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("current figures")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.as_of}"


class MonthEndFigures(Figures):
    """The figures of each customer at each month end; the table is partitioned by month."""

    pk = models.CompositePrimaryKey("month_end", "customer_id")
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    month_end = models.DateField(_("month end"))

    class Meta:
        verbose_name = _("month-end figures")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month_end}"


class MonthActivity(models.Model):
    """What a customer's accounts in one system did in a month, in CNY; computed from movements (``ingest.metrics``).

    ``source`` is the profile of the movements: what files of one source say never touches another's. A month that has
    not ended has the days elapsed so far behind its averages (decision 28).
    """

    pk = models.CompositePrimaryKey("month_end", "customer_id", "source")
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    month_end = models.DateField(_("month end"))
    source = models.CharField(_("profile"), max_length=40, db_collation="C")
    through = models.DateField(_("computed through"))
    balance = MoneyField(_("balance at the end"))
    balance_average = MoneyField(_("month average of the balance"))
    inflow = MoneyField(_("inflow"))
    outflow = MoneyField(_("outflow"))
    fees = MoneyField(_("contribution"))
    lots = models.BigIntegerField(_("lots"))
    accounts = models.IntegerField(_("accounts"))
    active_accounts = models.IntegerField(_("active accounts"))
    transactions = models.BigIntegerField(_("movements"))
    own_transactions = models.BigIntegerField(_("own movements"))

    class Meta:
        verbose_name = _("activity of a month")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(active_accounts__gte=0, active_accounts__lte=models.F("accounts")),
                name="portfolio_active_among_accounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month_end}"


class DayMovement(models.Model):
    """What went in and out of a customer's accounts on one day, in CNY, where it is worth telling (decision 19)."""

    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    day = models.DateField(_("day"))
    inflow = MoneyField(_("inflow"), default=0)
    outflow = MoneyField(_("outflow"), default=0)

    class Meta:
        verbose_name = _("large movement")
        constraints = [
            models.UniqueConstraint(fields=["day", "customer"], name="portfolio_movement_once"),
            models.CheckConstraint(condition=models.Q(inflow__gte=0, outflow__gte=0), name="portfolio_movement_signs"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day}"


class CorporateAction(models.Model):
    """Something that holders of a product must decide or do by a day: exercise, subscribe, convert (A4, A5)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=12, choices=ActionKind)
    acts_by = models.DateField(_("to be done by"))
    terms = models.CharField(_("terms"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("corporate action")
        constraints = [
            models.UniqueConstraint(fields=["product", "kind", "acts_by"], name="portfolio_action_once"),
        ]
        indexes = [models.Index(fields=["acts_by"], name="portfolio_actions_due")]

    def __str__(self) -> str:
        return f"{self.product} {self.acts_by}"
