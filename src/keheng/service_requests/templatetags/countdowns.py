"""Countdowns as pages show them; written in one piece, for lists and boards draw a hundred of them."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from keheng.service_requests.queries.countdown import Countdown
from keheng.ui.templatetags.keheng import duration

register = template.Library()

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HTML = (
    '<span class="sr-clock {tone}" data-clock data-left="{left}" data-total="{total}" data-from="{since}"'
    ' data-until="{until}"{more}{words}><b>{state}{span}</b>'
    '<progress class="k-bar {tone}" max="{total}" value="{used}" aria-label="{label}"></progress></span>'
)
_PAUSED = SafeString(" data-paused")


@dataclass(frozen=True)
class _Words:
    """What countdowns say in one language; ``units`` is for the script that counts on."""

    over: str
    paused: str
    day: str
    hour: str
    in_days: SafeString
    units: SafeString


@register.simple_tag
def countdown(clock: Countdown, of: str = "", in_days: bool = False) -> SafeString:
    """What is left of a clock, which the page goes on counting (clocks.js), with a bar.

    Args:
        of: what is said before the kind of the clock to people who cannot see the bar.
        in_days: in days and hours on the wall instead of service time.
    """
    words = _words(get_language() or "")
    if in_days and clock.span >= _DAY:
        span = f"{clock.span // _DAY} {words.day} {clock.span % _DAY // _HOUR} {words.hour}"
    else:
        span = duration(clock.span)
    return format_html(
        _HTML,
        tone=clock.tone,
        left=clock.left,
        total=clock.total,
        used=clock.used,
        since=clock.runs_from.isoformat(),
        until=clock.runs_until.isoformat(),
        more=words.in_days if in_days else _PAUSED if clock.paused else "",
        words=words.units,
        state=f"{words.over} " if clock.over else f"{words.paused} " if clock.paused else "",
        span=span,
        label=f"{of} {clock.kind.label}" if of else clock.kind.label,
    )


@cache
def _words(_language: str) -> _Words:
    over, hour, day = pgettext("countdown", "over by"), pgettext("countdown", "h"), pgettext("countdown", "days")
    units = {"over": over, "second": pgettext("countdown", "s"), "minute": pgettext("countdown", "min"), "hour": hour}
    return _Words(
        over=over,
        paused=pgettext("countdown", "paused"),
        day=day,
        hour=hour,
        in_days=format_html(' data-day="{}"', day),
        units=format_html_join("", ' data-{}="{}"', units.items()),
    )
