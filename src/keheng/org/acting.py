"""Who makes a request."""

from typing import cast

from django.http import HttpRequest

from keheng.org.models import Staff


def acting(request: HttpRequest) -> Staff:
    """The member of staff who makes the request; every page but sign-in requires one."""
    return cast(Staff, request.user)
