"""What the demo's customers have consented to, and what waits at the desk for personal information."""

from datetime import timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from keheng.customers.enums import CaseKind, CaseState, ConsentHow, IdentityProof, RiskLevel, Verdict
from keheng.customers.models import Consent, Customer, EmergencyAccess, ImpactAssessment, PrivacyCase
from keheng.customers.queries.rules import privacy_rules
from keheng.demo.plan import Plan
from keheng.org.models import Staff
from keheng.org.queries import system_actor

TABLES = [model._meta.db_table for model in (Consent, PrivacyCase, EmergencyAccess, ImpactAssessment)]
_WITHDRAWN, _CARE = 6, 12
"""Of a hundred customers so many have withdrawn their consent to marketing, and agree to greetings."""

_CASES = (
    (CaseKind.ACCESS, 2, CaseState.OPEN, "要求提供本人全部信息的副本"),
    (CaseKind.CORRECTION, 13, CaseState.OPEN, "婚姻状况登记有误"),
    (CaseKind.DELETION, 5, CaseState.OPEN, "销户后要求删除个人信息"),
    (CaseKind.AUTOMATED, 9, CaseState.OPEN, "不接受系统自动推荐产品"),
    (CaseKind.EXPLANATION, 24, CaseState.GRANTED, "要求说明金卡层级的评定依据"),
)
_REASONS = ("客户在柜台突发疾病，需联系家属", "管户人休假，客户来电紧急挂失", "司法协查，需核对证件")


def write_privacy(cursor: CursorWrapper, plan: Plan) -> None:
    """Write consents of everybody by one statement a purpose, and a few records of the desk."""
    for purpose, channels, share in (("marketing", ["phone", "sms", "wechat"], 100), ("care", ["sms"], _CARE)):
        cursor.execute(
            """
            insert into customers_consent
                   (customer_id, purpose, channels, text_version, how, evidence, actor_id, given_at)
            select id, %(purpose)s, %(channels)s, 1, %(how)s, 'KH' || number, coalesce(owner_id, %(system)s),
                   least(coalesce(opened_on + time '02:00', %(at)s - interval '3 years'), %(at)s - interval '90 days')
              from customers_customer
             where abs(hashtextextended(number, %(seed)s) %% 100) < %(share)s
            """,
            {**_given(plan), "purpose": purpose, "channels": channels, "share": share, "how": ConsentHow.OPENING},
        )
    cursor.execute(
        """
        with withdrawn as (
            update customers_consent consent set superseded_at = %(at)s - interval '20 days'
              from customers_customer customer
             where customer.id = consent.customer_id and consent.purpose = 'marketing'
               and abs(hashtextextended(customer.number, %(seed)s + 1) %% 100) < %(share)s
            returning consent.customer_id, consent.actor_id, consent.superseded_at
        )
        insert into customers_consent
               (customer_id, purpose, channels, text_version, how, evidence, actor_id, given_at)
        select customer_id, 'marketing', '{}', 1, %(how)s, '', actor_id, superseded_at from withdrawn
        """,
        {**_given(plan), "share": _WITHDRAWN, "how": ConsentHow.MESSAGE},
    )
    _desk(plan)


def _given(plan: Plan) -> dict[str, Any]:
    return {"seed": plan.seed, "at": plan.at, "system": system_actor().pk}


def _desk(plan: Plan) -> None:
    """Requests in all states of their clocks, emergency accesses to review, an assessment."""
    officer = Staff.objects.get(username="risk-officer")
    clerks = list(Staff.objects.filter(username__in=["relationship-manager", "rm-supervisor", "service-manager"]))
    people = list(Customer.objects.filter(kind="person", status="active", owner__isnull=False).order_by("-aum")[40:60])
    if len(people) < len(_CASES):
        return
    closed = Customer.objects.filter(kind="person", status="closed").order_by("number").first()
    clocks = privacy_rules().clocks
    for place, (kind, age, state, wish) in enumerate(_CASES):
        received = plan.at - timedelta(days=age)
        done = {} if state == CaseState.OPEN else {"answered_by": officer, "answered_at": received + timedelta(days=3)}
        PrivacyCase.objects.create(
            number=f"G{received:%y%m%d}-0001",
            customer=closed if kind == CaseKind.DELETION and closed else people[place],
            kind=kind,
            state=state,
            proof=IdentityProof.DOCUMENT,
            wish=wish,
            received_at=received,
            due_on=(received + timedelta(days=clocks[kind].days)).date(),
            actor=officer,
            answer="" if state == CaseState.OPEN else "已当面说明评定指标、阈值和规则版本。",
            **done,
        )
    for place, (clerk, reason) in enumerate(zip(clerks, _REASONS, strict=False)):
        opened = plan.at - timedelta(days=1 + 3 * place)
        judged = {"verdict": Verdict.JUSTIFIED, "reviewed_by": officer, "reviewed_at": opened + timedelta(days=1)}
        EmergencyAccess.objects.create(
            customer=people[10 + place],
            actor=clerk,
            reason=reason,
            opened_at=opened,
            expires_at=opened + timedelta(minutes=60),
            **(judged if place == 2 else {}),
        )
    assessed = (plan.at - timedelta(days=120)).date()
    ImpactAssessment.objects.create(
        title="客户分层与个性化推荐",
        processing="以资产、交易和产品持有情况自动评定层级，并据此推荐产品",
        necessity="为提供差异化服务所必需；仅使用本机构业务中产生的数据，推荐须单独同意",
        risks="层级可能影响服务体验；画像不准可能造成不当推荐",
        measures="规则公开可查、可解释，客户可拒绝自动化决策，敏感字段加密并脱敏显示",
        level=RiskLevel.MEDIUM,
        assessed_on=assessed,
        keep_until=assessed.replace(year=assessed.year + privacy_rules().assessment_years),
        assessor=officer,
        recorded_at=plan.at,
    )
