"""Staff and branches, as the search box finds them."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common.pinyin import spell
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.ui.search import SHORTEST, Hit, HitGroup, meant

MOST = 5


def colleagues(request: HttpRequest, text: str) -> Sequence[HitGroup]:
    """The people in scope whom a name, its spelling, its initials or a user name may mean, and branches by name.

    Two queries of a few hundred short rows; both tables are small beside those of customers.
    """
    actor, asked = acting(request), text.lower().replace(" ", "")
    names = Staff.objects.visible_to(actor).filter(is_active=True).values_list("pk", "name", "username")
    keys = [key for key, name, username in names if _is_meant(asked, name, username)][:MOST]
    staff = [
        Hit(
            member.name, reverse("org:member", args=[member.pk]), f"{member.username} · {member.branch} · {member.role}"
        )
        for member in Staff.objects.filter(pk__in=keys)
    ]
    known = Branch.objects.visible_to(actor).values_list("pk", "name", "code")
    branches = [
        Hit(name, reverse("org:branch", args=[key]), code, "building-bank")
        for key, name, code in known
        if meant(text, name) or code.lower() == asked
    ]
    return [HitGroup(_("Staff"), staff), HitGroup(_("Branches"), branches[:MOST])]


def _is_meant(asked: str, name: str, username: str) -> bool:
    if asked in name.lower() or username.lower().startswith(asked):
        return True
    return asked.isascii() and len(asked) >= SHORTEST and any(part.startswith(asked) for part in spell(name))
