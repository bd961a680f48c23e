"""What managers have written into archives: personal facts, brokerage sheets, risk assessments, reviews, suggestions.

Set by set in the database: what a customer gets follows from a hash of the key and the seed.
"""

import json

from django.db.backends.utils import CursorWrapper

from keheng.common.keys import key_ring
from keheng.customers import operations
from keheng.customers.enums import Interest
from keheng.customers.models import (
    Assessment,
    CustomField,
    CustomValue,
    Person,
    Provenance,
    Questionnaire,
    Review,
    Sheet,
    Suggestion,
)
from keheng.customers.operations.sources import SUGGESTION
from keheng.customers.policies.risk import assess
from keheng.customers.queries.risk import questions_of
from keheng.demo.plan import Plan, table
from keheng.org.queries import system_actor

TABLES = [
    model._meta.db_table
    for model in (Person, Sheet, Assessment, Provenance, Review, Suggestion, CustomField, CustomValue)
]
_KEPT_FROM = 2  # the tier from which managers keep personal facts


def write_archives(cursor: CursorWrapper, plan: Plan) -> None:
    """Write all of it; part of the build."""
    words = table("archives")
    cursor.execute(
        """
        create temporary table demo_kept on commit drop as
        select customer.id, customer.tier_rank, customer.kind, coalesce(staff.name, '') as manager,
               abs(hashtextextended(customer.number, %s) %% 1000003)::int as n
          from customers_customer customer left join org_staff staff on staff.id = customer.owner_id
         where customer.status = 'active' and customer.tier_rank >= 1
        """,
        [plan.seed],
    )
    _facts(cursor, words)
    _sheets(cursor, words)
    _assessments(cursor, plan)
    _provenance(cursor, plan)
    _custom(cursor, words)
    _suggestions(cursor, plan, words)
    _reviews(cursor, plan, words)
    _changes(cursor, words)


def _facts(cursor: CursorWrapper, words: dict[str, list[str]]) -> None:
    cursor.execute(
        """
        insert into customers_person (customer_id, native_place, employer, position, annual_income, interests,
               other_interests, spending_habit, emergency_name, emergency_kinship)
        select id, (%(places)s::text[])[1 + n %% cardinality(%(places)s::text[])],
               (%(employers)s::text[])[1 + n / 7 %% cardinality(%(employers)s::text[])],
               (%(positions)s::text[])[1 + n / 11 %% cardinality(%(positions)s::text[])],
               (5 + n %% 40) * 10000 * tier_rank,
               array[(%(interests)s::text[])[1 + n %% 10], (%(interests)s::text[])[11 + n / 3 %% 10]],
               '', (array['frugal','planned','quality','spontaneous','credit'])[1 + n / 5 %% 5],
               case when n %% 3 > 0 then (%(names)s::text[])[1 + n / 13 %% cardinality(%(names)s::text[])] else '' end,
               case when n %% 3 > 0 then (array['spouse','child','parent','sibling'])[1 + n / 17 %% 4] else '' end
          from demo_kept where kind = 'person' and tier_rank >= %(from)s and n %% 10 < 8
        """,
        {**words, "interests": Interest.values, "from": _KEPT_FROM},
    )


def _sheets(cursor: CursorWrapper, words: dict[str, list[str]]) -> None:
    cursor.execute(
        """
        insert into customers_sheet (customer_id, investments, trading_habit, wealth_needs, trading_mode,
               trading_party, commission_rate, commission_note)
        select id, array[(array['deposits','wealth','bonds'])[1 + n %% 3],
                         (array['funds','stocks','gold','insurance'])[1 + n / 3 %% 4]],
               (array['swing','holding','mixed'])[1 + n / 5 %% 3],
               array[(array['alerts.sms','alerts.phone'])[1 + n %% 2],
                     (array['research.mail','research.sms','picks.phone'])[1 + n / 2 %% 3]],
               (array['on-site','phone','online','mobile'])[1 + n / 7 %% 4],
               (array['terminal','terminal','franchise','agent','','','',''])[1 + n / 19 %% 8],
               case when n %% 4 > 0 then (array[1.5, 2, 2.5, 3, 5, 8])[1 + n / 11 %% 6] end,
               (%(commission)s::text[])[1 + n / 13 %% 3]
          from demo_kept where tier_rank >= 3 and n %% 10 < 7
        """,
        words,
    )


def _assessments(cursor: CursorWrapper, plan: Plan) -> None:
    """Five kinds of investors, graded by the questionnaire itself; some assessments have run out since."""
    questionnaire = Questionnaire.objects.get(kind="person", number=1)
    definition = questions_of(questionnaire)
    rows = []
    for boldness in range(5):
        answers = {
            asked.code: 0 if asked.code == "capacity" else min(boldness, len(asked.options) - 1)
            for asked in definition.questions
        }
        result = assess(definition, answers)
        rows.append(
            {
                "answers": answers,
                "score": str(result.score),
                "tolerance": str(result.tolerance),
                "preference": str(result.preference),
                "grade": str(result.grade),
                "low": result.is_minimum,
            }
        )
    cursor.execute(
        """
        insert into customers_assessment (customer_id, questionnaire_id, answers, score, tolerance, preference, grade,
               is_minimum, taken_on, valid_until, channel, by_id, at, is_current)
        select id, %s, made -> 'answers', (made ->> 'score')::numeric, (made ->> 'tolerance')::numeric,
               (made ->> 'preference')::numeric, made ->> 'grade', (made ->> 'low')::boolean, taken,
               (taken + interval '12 months' - interval '1 day')::date,
               (array['counter','visit','online'])[1 + n %% 3], %s, taken + time '10:00', true
          from (select id, n, %s::jsonb -> (array[0,1,1,2,2,2,3,3,4])[1 + n %% 9] as made,
                       %s::date - n %% 390 as taken
                  from demo_kept where kind = 'person' and tier_rank >= 2 and n %% 10 < 9) drawn
        """,
        [questionnaire.pk, system_actor().pk, json.dumps(rows), plan.today],
    )


def _provenance(cursor: CursorWrapper, plan: Plan) -> None:
    for model, fields in (
        ("person", ["native_place", "employer", "position", "annual_income", "interests", "emergency_name"]),
        ("sheet", ["investments", "trading_habit", "wealth_needs", "trading_mode", "commission_rate"]),
    ):
        cursor.execute(
            f"""
            insert into customers_provenance (customer_id, field, source, "by", at)
            select kept.id, field, (array['manager','manager','visit','customer'])[1 + kept.n %% 4], kept.manager,
                   %s::timestamptz - (kept.n %% 500) * interval '1 day'
              from demo_kept kept join customers_{model} known on known.customer_id = kept.id,
                   unnest(%s::text[]) as field
            """,
            [plan.at, fields],
        )


def _custom(cursor: CursorWrapper, words: dict[str, list[str]]) -> None:
    """Two fields of the bank's own."""
    dialect, car = words["fields"]
    common = {"kind": "person", "is_active": True}
    CustomField.objects.create(
        code="dialect", label=dialect, type="one", choices=words["dialects"], section="basic", order=10, **common
    )
    CustomField.objects.create(code="plates", label=car, type="yes-no", section="life", order=20, **common)
    cursor.execute(
        """
        insert into customers_customvalue (customer_id, field_id, value)
        select kept.id, field.id, to_jsonb((%(dialects)s::text[])[1 + kept.n %% cardinality(%(dialects)s::text[])])
          from demo_kept kept join customers_customfield field on field.code = 'dialect'
         where kept.kind = 'person' and kept.tier_rank >= 3 and kept.n %% 2 = 0
        """,
        words,
    )


def _suggestions(cursor: CursorWrapper, plan: Plan, words: dict[str, list[str]]) -> None:
    ring = key_ring()
    for place, employer in enumerate(words["employers"][:6]):
        cursor.execute(
            """
            insert into customers_suggestion (customer_id, field, value, value_key, source, "by", note, at, state)
            select kept.id, 'employer', %s, %s, (array['feed','visit'])[1 + kept.n %% 2],
                   (array['核心系统', kept.manager])[1 + kept.n %% 2], (array['', %s])[1 + kept.n %% 2],
                   %s::timestamptz - (kept.n %% 20) * interval '1 day', 'open'
              from demo_kept kept join customers_person person on person.customer_id = kept.id
             where kept.tier_rank >= 3 and kept.n / 100 %% 60 = %s and person.employer <> %s
            """,
            [
                ring.encrypt(employer, SUGGESTION),
                ring.blind_index(employer, SUGGESTION),
                words["heard"][0],
                plan.at,
                place,
                employer,
            ],
        )


def _reviews(cursor: CursorWrapper, plan: Plan, words: dict[str, list[str]]) -> None:
    """Reviews done in the past; what has come due since is opened as every morning; some reminders at the counter."""
    cursor.execute(
        """
        insert into customers_review (customer_id, archive_class, trigger, fields, note, at_counter, opened_at,
               opened_by, due_on, outcome, closed_at)
        select id, class, 'periodic', '{}', '', false, closed - interval '10 days', '', closed::date + 20,
               (array['confirmed','updated'])[1 + n %% 2], closed
          from (select kept.id, kept.n, class, %s::timestamptz - (kept.n %% 400) * interval '1 day' as closed
                  from demo_kept kept, unnest(array['information','grade']) as class
                 where kept.tier_rank >= 3 and kept.n / 7 %% 3 = 0) past
        """,
        [plan.at],
    )
    cursor.execute(
        """
        insert into customers_review (customer_id, archive_class, trigger, fields, note, at_counter, opened_at,
               opened_by, due_on, outcome)
        select id, 'information', 'asked', array['mobile'], %s, true,
               %s::timestamptz - (n %% 30) * interval '1 day', manager, %s::date + 60 - n %% 30, ''
          from demo_kept where n %% 60 = 1
        """,
        [words["asked"][0], plan.at, plan.today],
    )
    operations.open_due_reviews(at=plan.at)


def _changes(cursor: CursorWrapper, words: dict[str, list[str]]) -> None:
    """Some have changed their work and where they are reached since: the history of rows tells from what to what."""
    cursor.execute(
        """
        update customers_person person
           set position = (%(positions)s::text[])[1 + kept.n / 3 %% cardinality(%(positions)s::text[])],
               annual_income = annual_income * 1.2
          from demo_kept kept where kept.id = person.customer_id and kept.n %% 12 = 5
        """,
        words,
    )
    cursor.execute(
        """
        update customers_contactpoint point set preferred_time = %s
          from demo_kept kept where kept.id = point.customer_id and point.is_primary and kept.n %% 12 = 5
        """,
        [words["times"][0]],
    )
