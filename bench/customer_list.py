"""The customer list over a million customers: server time of each way in, as four readers with different scopes.

    uv run python -m bench.customer_list [--customers N] [--rounds N] [--keep]

Prints the median and the 95th percentile in milliseconds of a whole answer (queries, rows, template) and their ratio
to the bare limit of the same run: 20 rows by primary key.
"""

from typing import Any

from bench.readers import measure_ways

LIMIT_MS = 30
WAYS = {
    "first page": "",
    "page 1,000": "page=1000",
    "tier T4": "tier=T4",
    "tier T1, page 100": "tier=T1&page=100",
    "name 张伟": "q=张伟",
    "surname 王": "q=王",
    "initials zw": "q=zw",
    "initials hyq": "q=hyq",
    "pinyin zhangwei": "q=zhangwei",
    "tail 5678": "q=5678",
}


def _answer(staff: Any, query: str) -> None:
    from django.http import QueryDict
    from django.test import RequestFactory
    from django_htmx.middleware import HtmxDetails

    from keheng.desk.views.customers import CustomerList
    from keheng.ui.lists.state import sealed

    request = RequestFactory().get(f"/customers/?{sealed(QueryDict(query)).urlencode()}")
    staff.__dict__.pop("branch_ids", None)
    request.user = staff
    request.htmx = HtmxDetails(request)
    response = CustomerList.as_view()(request)
    assert response.status_code == 200, response.status_code


if __name__ == "__main__":
    measure_ways(__doc__, WAYS, _answer, LIMIT_MS)
