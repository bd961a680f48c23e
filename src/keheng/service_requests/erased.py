"""What service requests erase of customers who are made anonymous: every word about them, and files. Figures stay."""

from keheng.customers.privacy.erasure import (
    register_impersonal_requests,
    register_page,
    register_requests,
    register_statement,
)
from keheng.service_requests.models import Attachment, ServiceRequest, Step
from keheng.service_requests.operations.catalogue import CATALOGUE
from keheng.service_requests.operations.closing import CLOSING

_OF = "select id from service_requests_servicerequest where customer_id = any(%(ids)s)"

register_statement(
    ServiceRequest,
    """update service_requests_servicerequest
          set subject = null, answers = null, resolution = null, reply = null, rating_note = null
        where customer_id = any(%(ids)s)""",
)
register_requests(CLOSING, _OF)
register_impersonal_requests(CATALOGUE.kind)
register_page("service_requests:request", _OF)
register_statement(Step, f"update service_requests_step set note = null where request_id in ({_OF})")
register_statement(
    Attachment,
    f"""
    with gone as (delete from service_requests_attachment where request_id in ({_OF}) returning file_id),
         pieces as (delete from files_piece where file_id in (select file_id from gone)),
         thumbnails as (delete from files_thumbnail where file_id in (select file_id from gone))
    delete from files_storedfile where id in (select file_id from gone)
    """,
)
