"""Rules of care in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.care.enums.contacts import Channel
from keheng.care.enums.ownership import Part
from keheng.care.policies.cadence import CadenceRule, Chosen, Period, QuotaRule, Times
from keheng.care.policies.occasions import OWNER, TOLD, Festival, OccasionRule, OccasionRules, Trigger
from keheng.common.money import short_wan
from keheng.customers.enums import CustomerKind
from keheng.org.models import Role
from keheng.tiering.models import Scheme
from keheng.tiering.queries.schemes import labels_of, tiers_by_kind


def cadence_words(rule: CadenceRule) -> str:
    """A rule of cadence as one sentence."""
    periods = {
        Period.WEEK: _("each week"),
        Period.MONTH: _("each month"),
        Period.QUARTER: _("each quarter"),
        Period.YEAR: _("each year"),
    }
    match rule.times:
        case Times.TIER:
            often = _("as often as the tier entitles to")
        case Times.OWN:
            often = _("at the interval agreed with the customer")
        case times:
            often = _("%(period)s at least %(times)s times") % {"period": periods[rule.period], "times": times}
    how = _("by %(channels)s") % {"channels": "、".join(str(Channel(one).label) for one in rule.channels)}
    parts = [_who(rule), _customers(rule.customers), often, how if rule.channels else ""]
    return "，".join(part for part in parts if part)


def quota_words(rule: QuotaRule) -> str:
    """A daily quota as one sentence."""
    return _("%(roles)s: %(number)s customers a day, by contribution, none again within %(days)s days") % {
        "roles": _roles(rule.roles),
        "number": rule.a_day,
        "days": rule.rest_days,
    }


def occasion_words(rule: OccasionRule, rules: OccasionRules) -> str:
    """An occasion as one sentence: whose, when, who acts and how."""
    who = _roles(rule.who)
    if len(rule.who) > 1:
        who = _("%(who)s together") % {"who": who}
    parts = [_band(rule), _when(rule, rules), who, str(Channel(rule.channel).label)]
    if rule.template:
        parts[-1] = _("a drafted message by %(channel)s") % {"channel": parts[-1]}
    return "，".join(part for part in parts if part)


def festival_words(festival: Festival) -> str:
    """On which day a festival falls."""
    calendar = _("lunar calendar") if festival.lunar else _("solar calendar")
    if not festival.day:
        return _("%(calendar)s, last day of month %(month)s") % {"calendar": calendar, "month": festival.month}
    given = {"calendar": calendar, "month": festival.month, "day": festival.day}
    return _("%(calendar)s, month %(month)s, day %(day)s") % given


def _when(rule: OccasionRule, rules: OccasionRules) -> str:
    days = "、".join(str(day) for day in rule.days)
    if rule.trigger == Trigger.FESTIVAL:
        return "、".join(one.name for one in rules.festivals if one.code in rule.festivals)
    if rule.trigger in TOLD:
        return _("within the days that the rules of complaints give")
    if rule.trigger in {Trigger.MOVEMENT, Trigger.TIER_UP, Trigger.TIER_DOWN}:
        return _("within %(days)s days after it") % {"days": days}
    return _("on the day") if rule.days == (0,) else _("%(days)s days before") % {"days": days}


def _band(rule: OccasionRule) -> str:
    words = _edges(rule.aum_from, rule.aum_below)
    if rule.contribution_from is not None:
        words = _("%(band)s or contribution from %(percent)s %%") % {"band": words, "percent": rule.contribution_from}
    if rule.least and rule.trigger in {Trigger.MOVEMENT, Trigger.MATURITY}:
        words = "，".join(filter(None, [words, _("amount from %(least)s") % {"least": short_wan(rule.least)}]))
    return words


def _customers(chosen: Chosen) -> str:
    kinds = {CustomerKind.PERSON: pgettext("rule", "persons"), CustomerKind.COMPANY: pgettext("rule", "companies")}
    parts = [kinds[chosen.kind] if chosen.kind else "", _edges(chosen.aum_from, chosen.aum_below)]
    if chosen.tiers:
        parts.append(_("of class %(tiers)s") % {"tiers": "、".join(_tier_names(chosen))})
    if chosen.extra_care:
        parts.append(_("with extra care"))
    if chosen.with_projects:
        parts.append(_("with projects"))
    return " ".join(part for part in parts if part)


def _tier_names(chosen: Chosen) -> list[str]:
    """The tiers by their names in the scheme, or in the primary schemes; as written where no scheme knows them."""
    if chosen.scheme:
        scheme = Scheme.objects.filter(code=chosen.scheme).first()
        known = labels_of(scheme) if scheme else {}
    else:
        kinds = [str(chosen.kind)] if chosen.kind else CustomerKind.values
        by_kind = tiers_by_kind()
        known = {code: label for kind in kinds for code, label in by_kind.get(kind, {}).items()}
    return [known[code].name if code in known else code for code in chosen.tiers]


def _edges(lower: object, upper: object) -> str:
    words = ""
    if lower is not None:
        words = _("AUM from %(amount)s") % {"amount": short_wan(lower)}  # type: ignore[arg-type]
    if upper is not None:
        words += _(" below %(amount)s") % {"amount": short_wan(upper)}  # type: ignore[arg-type]
    return words.strip()


def _who(rule: CadenceRule) -> str:
    if rule.owner:
        return _("the relationship manager")
    if rule.only_shared and rule.share:
        return _("%(part)s beside the owner") % {"part": Part(rule.share).label}
    return _roles(rule.roles)


def _roles(codes: tuple[str, ...]) -> str:
    names = {role.code: str(role) for role in Role.objects.filter(code__in=codes)}
    names[OWNER] = _("the relationship manager")
    return "、".join(names.get(code, code) for code in codes)
