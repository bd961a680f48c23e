"""The search box over a million customers: server time of the whole answer, as four readers with different scopes.

    uv run python -m bench.search [--customers N] [--rounds N] [--keep]

Prints the median and the 95th percentile in milliseconds and their ratio to the bare limit of the same run: 20 rows by
primary key. The database is that of ``bench.customer_list``.
"""

from typing import Any

from bench.readers import measure_ways

LIMIT_MS = 50
TEXTS = {
    "surname 王": "王",
    "name 张伟": "张伟",
    "traditional 張偉": "張偉",
    "part of a company 贸易": "贸易",
    "rare part 鑫恒": "鑫恒",
    "letters li": "li",
    "letters wa": "wa",
    "letters an": "an",
    "initials zw": "zw",
    "initials hyq": "hyq",
    "pinyin zhangwei": "zhangwei",
    "other reading liyue": "liyue",
    "tail 5678": "5678",
    "phone": "13912345678",
    "customer number": "C0000123",
    "nothing": "qqqqqq",
}


def _answer(staff: Any, text: str) -> None:
    from django.test import RequestFactory

    from keheng.desk.views.search import search

    request = RequestFactory().post("/search/", {"q": text})
    staff.__dict__.pop("branch_ids", None)
    request.user = staff
    response = search(request)
    assert response.status_code == 200, response.status_code


if __name__ == "__main__":
    measure_ways(__doc__, TEXTS, _answer, LIMIT_MS)
