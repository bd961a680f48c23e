"""The demo bank's data quality as it stands after some weeks of use: scores, findings, duplicates, inspections."""

from datetime import datetime, timedelta

from django.db.backends.utils import CursorWrapper

from keheng.customers import operations
from keheng.customers.enums import CustomerKind, PairState
from keheng.customers.models import DuplicatePair, Finding
from keheng.demo.plan import Plan
from keheng.org.models import Staff

_FRIDAY = 4


def build_quality(cursor: CursorWrapper, plan: Plan, at: datetime) -> None:
    """Score, check and compare all archives, decide about a few, and inspect on the last three Fridays."""
    operations.refresh_completeness(at=at)
    operations.check_archives(at=at)
    operations.search_duplicates(at=at)
    head = Staff.objects.get(username="head-office-manager")
    people = DuplicatePair.objects.filter(state=PairState.OPEN, left__kind=CustomerKind.PERSON)
    pairs = people.select_related("left", "right")
    for pair in pairs.order_by("-score", "left__number")[:2]:
        operations.unify(
            survivor=pair.left, lost=pair.right, reason="证件一致，客户到店确认为同一人", actor=head, at=at
        )
    for pair in pairs.order_by("score", "left__number")[:2]:
        operations.dismiss_pair(pair=pair, note="同名同生日，已电话核实为两位客户", actor=head, at=at)
    for finding in Finding.objects.filter(rule="shared_phone").select_related("customer").order_by("pk")[:3]:
        operations.accept_finding(finding=finding, reason="家人共用电话，已核实", actor=head, at=at)
    friday = plan.at - timedelta(days=(plan.today.weekday() - _FRIDAY) % 7)
    for weeks in (2, 1, 0):
        operations.draw_weekly(at=friday - timedelta(weeks=weeks))
    _inspect(cursor)
    cursor.execute("set constraints all immediate")  # nothing is left to check at the end
    cursor.execute("set constraints all deferred")


def _inspect(cursor: CursorWrapper) -> None:
    """Let the earlier lists be done but for one archive or two, and the last one half done."""
    cursor.execute(
        """
        update customers_inspectionitem item
           set state = done.state, finding = done.finding, answer = done.answer,
               inspected_by_id = done.inspector, inspected_at = done.at, answered_at = done.answered_at,
               closed_at = done.closed_at, fix_by = done.fix_by
          from (
            select drawn.id, inspector.id as inspector, drawn.at,
                   case when lot < 60 then 'closed' when lot < 74 then 'closed' when lot < 84 then 'answered'
                        when lot < 94 then 'faulty' else 'open' end as state,
                   case when lot >= 60 and lot < 94
                        then (array['缺少年收入，请补录', '联系电话无法接通，请核实', '地址过期，请更新',
                                    '沟通记录超过一个月未填'])[1 + lot % 4]
                        else '' end as finding,
                   case when lot >= 60 and lot < 84 then '已与客户核实并更新档案' else '' end as answer,
                   case when lot >= 60 and lot < 84 then drawn.at + interval '2 days' end as answered_at,
                   case when lot < 74 then drawn.at + interval '3 days' end as closed_at,
                   case when lot >= 60 and lot < 94 then drawn.drawn_on + 5 end as fix_by
              from (select item.id, inspection.branch_id, inspection.drawn_on,
                           inspection.drawn_on + time '07:00' as at,
                           abs(hashint8(item.id))
                               % case when recent.last = inspection.drawn_on then 140 else 97 end as lot
                      from customers_inspectionitem item
                      join customers_inspection inspection on inspection.id = item.inspection_id,
                           (select max(drawn_on) as last from customers_inspection) recent) drawn
              join lateral (select staff.id from org_staff staff join org_role role on role.id = staff.role_id
                             where role.code in ('outlet-head', 'rm-supervisor', 'service-manager')
                             order by staff.branch_id <> drawn.branch_id, staff.id limit 1) inspector on true) done
         where done.id = item.id and done.state <> 'open'
        """
    )
    cursor.execute(
        """
        update customers_inspection inspection
           set closed_at = (select max(closed_at) from customers_inspectionitem item
                             where item.inspection_id = inspection.id)
         where not exists (select from customers_inspectionitem item
                            where item.inspection_id = inspection.id and item.state <> 'closed')
        """
    )
