"""The rules of signing in (screen 15, login policy), read from the settings that enforce them, in words."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}
_RATE = re.compile(r"(?P<times>\d+)/(?P<count>\d*)(?P<unit>[smhd])/(?P<per>\w+)")


@dataclass(frozen=True)
class SignInRule:
    """One rule: what it is about, what holds, and where it comes from."""

    code: str
    name: str
    holds: str
    source: str = ""


def sign_in_rules() -> list[SignInRule]:
    """What holds for everybody who signs in."""
    tries, minutes = _lock()
    hours = settings.SESSION_COOKIE_AGE // 3600
    session = ngettext("ends after %(n)d hour", "ends after %(n)d hours", hours) % {"n": hours}
    if settings.SESSION_EXPIRE_AT_BROWSER_CLOSE:
        session = _("%(time)s, and when the browser is closed") % {"time": session}
    return [
        SignInRule(
            "accounts", _("Accounts of staff"), _("made and closed by administrators only; nobody registers themselves")
        ),
        SignInRule("password", _("Password"), "；".join(_password()), "GB/T 22239-2019"),
        SignInRule(
            "attempts",
            _("Failed attempts"),
            _("after %(tries)d the account is locked for %(minutes)d minutes") % {"tries": tries, "minutes": minutes},
            "GB/T 22239-2019",
        ),
        SignInRule(
            "second-step",
            _("Second step"),
            _("one-time codes of an app, with recovery codes; each sets it up under “Security”"),
            "GB/T 22239-2019",
        ),
        SignInRule("session", _("Session"), session, "GB/T 22239-2019"),
        SignInRule(
            "transport",
            _("Transmission"),
            _("encrypted (HTTPS) only") if settings.SESSION_COOKIE_SECURE else _("not encrypted: for trial only"),
        ),
        SignInRule("trail", _("Trail"), _("every sign-in and every change of password or second step is recorded")),
    ]


def _password() -> list[str]:
    """What a password must be, by the checks that are switched on."""
    checks: Any = settings.AUTH_PASSWORD_VALIDATORS
    words = []
    for check in checks:
        match check["NAME"].rpartition(".")[2]:
            case "MinimumLengthValidator":
                words.append(_("at least %(n)d characters") % {"n": check["OPTIONS"]["min_length"]})
            case "UserAttributeSimilarityValidator":
                words.append(_("not like the name"))
            case "CommonPasswordValidator":
                words.append(_("none of the usual ones"))
            case "NumericPasswordValidator":
                words.append(_("not only digits"))
    return words


def _lock() -> tuple[int, int]:
    """After how many failed attempts an account is locked, and for how many minutes."""
    for found in _RATE.finditer(settings.ACCOUNT_RATE_LIMITS["login_failed"]):
        if found["per"] == "key":
            return int(found["times"]), round(int(found["count"] or 1) * _MINUTES[found["unit"]])
    return 0, 0
