"""What complaints erase of customers who are made anonymous: every word about them, and files. Figures stay."""

from django.db import models

from keheng.complaints.models import (
    Attachment,
    ClosingTalk,
    Compensation,
    Complaint,
    Conclusion,
    CustomerFlag,
    Delivery,
    EffectCheck,
    HandlingForm,
    IncomingMail,
    InternalReview,
    Letter,
    Measure,
    Party,
    PlanReview,
    RootCause,
    Step,
    WordMarks,
)
from keheng.complaints.operations import compensation, letters
from keheng.complaints.operations.causes import CAUSES
from keheng.complaints.operations.closing import EXTENSION
from keheng.complaints.operations.consequence_rules import CONSEQUENCES
from keheng.complaints.operations.correction import PLAN
from keheng.complaints.operations.rules import RULES
from keheng.customers.privacy.erasure import (
    register_deletion,
    register_impersonal_requests,
    register_page,
    register_requests,
    register_statement,
)

_OF = "select id from complaints_complaint where customer_id = any(%(ids)s)"

register_page("complaints:complaint", _OF)
register_page("complaints:conclusion", f"select id from complaints_conclusion where complaint_id in ({_OF})")
register_requests(PLAN, _OF)
register_requests(EXTENSION, _OF)
register_requests(letters.APPROVAL, f"select id from complaints_letter where complaint_id in ({_OF})")
register_requests(compensation.APPROVAL, f"select id from complaints_compensation where complaint_id in ({_OF})")
register_impersonal_requests(RULES.kind, CAUSES, CONSEQUENCES.kind)
register_statement(
    Complaint,
    """update complaints_complaint set statement = null, wish = null, finding = null, external_number = ''
        where customer_id = any(%(ids)s)""",
)
register_statement(WordMarks, f"delete from complaints_wordmarks where complaint_id in ({_OF})")
register_statement(
    Party,
    f"""
    with gone as (update complaints_party before
                     set name = null, phone = null, phone_index = null, mail = null, mail_index = null,
                         authority_id = null
                    from complaints_party old
                   where old.id = before.id and before.complaint_id in ({_OF})
               returning old.authority_id as file_id),
         pieces as (delete from files_piece where file_id in (select file_id from gone)),
         thumbnails as (delete from files_thumbnail where file_id in (select file_id from gone))
    delete from files_storedfile where id in (select file_id from gone)
    """,
)
register_statement(
    Attachment,
    f"""
    with gone as (delete from complaints_attachment where complaint_id in ({_OF}) returning file_id),
         pieces as (delete from files_piece where file_id in (select file_id from gone)),
         thumbnails as (delete from files_thumbnail where file_id in (select file_id from gone))
    delete from files_storedfile where id in (select file_id from gone)
    """,
)


def _without(model: type[models.Model], *columns: str) -> None:
    table = model._meta.db_table
    empty = ", ".join(f"{column} = null" for column in columns)
    register_statement(model, f"update {table} set {empty} where complaint_id in ({_OF})")


_without(Step, "note")
_without(HandlingForm, "task")
_without(RootCause, "conclusion")
_without(Measure, "text", "proof")
_without(PlanReview, "words")
_without(EffectCheck, "words")
_without(ClosingTalk, "words")
_without(InternalReview, "reason", "words")
_without(Compensation, "reason")
_without(Conclusion, "words", "appeal", "answer")
_without(Delivery, '"to"', "subject", "body")
_without(IncomingMail, "sender", "sender_index", "subject", "text")
register_deletion(CustomerFlag)
register_statement(
    Letter,
    f"""
    with gone as (update complaints_letter before set body = null, file_id = null
                    from complaints_letter old
                   where old.id = before.id and before.complaint_id in ({_OF})
               returning old.file_id),
         pieces as (delete from files_piece where file_id in (select file_id from gone)),
         thumbnails as (delete from files_thumbnail where file_id in (select file_id from gone))
    delete from files_storedfile where id in (select file_id from gone)
    """,
)
