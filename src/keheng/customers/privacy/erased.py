"""What the archive itself erases of customers who are made anonymous."""

from keheng.customers.models import (
    Assessment,
    Consent,
    ContactPoint,
    Customer,
    CustomValue,
    Document,
    DuplicatePair,
    EmergencyAccess,
    Finding,
    Handout,
    InspectionItem,
    LossContact,
    LossFile,
    NumberAlias,
    Person,
    Potential,
    PrivacyCase,
    Provenance,
    PushFeedback,
    Relation,
    Review,
    Sheet,
    Suggestion,
    Unification,
)
from keheng.customers.models import (  # type: ignore[attr-defined]  # made by pghistory
    ContactPointEvent as _ContactPointEvent,
)
from keheng.customers.models import CustomerEvent as _CustomerEvent  # type: ignore[attr-defined]
from keheng.customers.models import PersonEvent as _PersonEvent  # type: ignore[attr-defined]
from keheng.customers.models import SheetEvent as _SheetEvent  # type: ignore[attr-defined]
from keheng.customers.operations.handouts import APPROVAL
from keheng.customers.operations.questionnaires import QUESTIONNAIRE
from keheng.customers.privacy.erasure import (
    LATE,
    register_deletion,
    register_impersonal_requests,
    register_page,
    register_statement,
)

ANONYMOUS = "已匿名客户"

_DELETED = (
    Assessment,
    Consent,
    ContactPoint,
    Finding,
    LossContact,
    LossFile,
    NumberAlias,
    CustomValue,
    Person,
    Potential,
    Provenance,
    PushFeedback,
    Review,
    Sheet,
    Suggestion,
)
for _model in _DELETED:
    register_deletion(_model)
register_statement(
    Relation, "delete from customers_relation where customer_id = any(%(ids)s) or other_id = any(%(ids)s)"
)
register_statement(
    Document,
    """
    with versions as (
        delete from customers_documentversion version using customers_document document
         where version.document_id = document.id and document.customer_id = any(%(ids)s) returning version.file_id
    ), documents as (
        delete from customers_document where customer_id = any(%(ids)s) returning file_id
    ), gone as (
        select file_id from versions union select file_id from documents
    ), pieces as (
        delete from files_piece where file_id in (select file_id from gone)
    ), thumbnails as (
        delete from files_thumbnail where file_id in (select file_id from gone)
    )
    delete from files_storedfile where id in (select file_id from gone)
    """,
)
register_statement(
    DuplicatePair, "delete from customers_duplicatepair where left_id = any(%(ids)s) or right_id = any(%(ids)s)"
)
register_statement(
    Unification,
    "update customers_unification set journal = '[]', reason = '', lost_number = '' where survivor_id = any(%(ids)s)",
)
register_statement(
    InspectionItem,
    "update customers_inspectionitem set state = 'closed', finding = '', answer = '' where customer_id = any(%(ids)s)",
)
register_statement(EmergencyAccess, "update customers_emergencyaccess set reason = '' where customer_id = any(%(ids)s)")
register_statement(
    PrivacyCase, "update customers_privacycase set wish = '', answer = '' where customer_id = any(%(ids)s)"
)
register_statement(
    Handout,
    """
    update customers_handout set state = 'expired', content = null
     where state = 'ready'
       and case_id in (select id from customers_privacycase where customer_id = any(%(ids)s))
    """,
)
register_page(  # also of archives that were merged into theirs
    "customer",
    """
    select id from customers_customer where id = any(%(ids)s)
    union select lost_id from customers_unification where survivor_id = any(%(ids)s) and undone_at is null
    """,
)
register_page("archive:case", "select id from customers_privacycase where customer_id = any(%(ids)s)")
register_page("archive:emergency", "select id from customers_emergencyaccess where customer_id = any(%(ids)s)")
register_page(
    "archive:handout",
    "select id from customers_handout where case_id in ("
    " select id from customers_privacycase where customer_id = any(%(ids)s))",
)
register_impersonal_requests(QUESTIONNAIRE, APPROVAL)  # of a list: its rows are no part of the request
register_statement(
    Customer,
    f"""
    update customers_customer
       set name = '{ANONYMOUS}', pinyin = '', initials = '', number = 'X' || replace(gen_random_uuid()::text, '-', ''),
           id_kind = '', id_number = null, id_index = null, id_tail = null, sex = '', birth_date = null,
           occupation = '', education = '', marital = '', source = '', opened_on = null, owner_id = null,
           status = 'closed', do_not_disturb = true
     where id = any(%(ids)s)
    """,
    order=LATE,
)
for _history in (_CustomerEvent, _PersonEvent, _SheetEvent):
    register_deletion(_history, "pgh_obj_id", order=LATE + 1)  # also what erasing has just written
register_deletion(_ContactPointEvent, order=LATE + 1)
