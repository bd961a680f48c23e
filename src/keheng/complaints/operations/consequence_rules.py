"""Changing the rules of consequences: one person proposes, another puts them into force (A7, A15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.complaints import permissions
from keheng.complaints.models import ConsequenceVersion
from keheng.complaints.policies.consequences import read
from keheng.org.models import Staff
from keheng.versions import operations as versions

CONSEQUENCES = versions.TwoPersonRules(
    kind="complaints.consequences",
    model=ConsequenceVersion,
    read=read,
    url="/complaints/settings/letters/",
    propose="complaints.propose_consequences",
    put="complaints.set_consequences",
)


def propose_consequences(*, definition: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> Request:
    """Ask a second person to put other rules of consequences into force; what was concluded keeps its own.

    Raises:
        ValidationError: the rules cannot be so, nothing would change, or the reason is missing.
    """
    permissions.check_settings(actor)
    return versions.propose(
        CONSEQUENCES,
        held=ConsequenceVersion.objects.latest("number"),
        definition=definition,
        title=_("Rules of consequences of complaints"),
        reason=reason,
        actor=actor,
        at=at,
    )
