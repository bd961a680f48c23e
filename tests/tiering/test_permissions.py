"""Who may look at tiers and who may evaluate: every role of the preset."""

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import StaffFactory

from keheng.org.models import Role
from keheng.org.operations import load_presets
from keheng.tiering import permissions

RUN = {"deputy-branch-head", "system", "head-office-manager", "branch-head"}
BLIND = {
    "teller",
    "accounting-head",
    "researcher",
    "service-officer",
    "complaint-officer",
    "call-supervisor",
    "call-agent",
}


@pytest.mark.usefixtures("english")
def test_a15_roles_by_what_they_may_do() -> None:
    load_presets()
    roles = list(Role.objects.all())
    assert len(roles) >= 22
    for role in roles:
        member = StaffFactory.create(role=role)
        assert permissions.can_view(member) is (role.code not in BLIND), role.code
        assert permissions.can_run(member) is (role.code in RUN), role.code
        for may, check in (
            (permissions.can_view(member), permissions.check_view),
            (permissions.can_run(member), permissions.check_run),
        ):
            if may:
                check(member)
            else:
                with pytest.raises(PermissionDenied, match="Your role"):
                    check(member)
