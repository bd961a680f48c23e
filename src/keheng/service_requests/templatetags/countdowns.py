"""Countdowns as pages show them; written in one piece, for lists and boards draw a hundred of them."""

from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from keheng.service_requests.queries.countdown import Countdown
from keheng.ui.templatetags.keheng import duration

register = template.Library()

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HTML = (
    '<span class="sr-clock {tone}" data-clock data-left="{left}" data-total="{total}" data-from="{since}"'
    ' data-until="{until}"{more} data-over="{over}" data-second="{second}" data-minute="{minute}" data-hour="{hour}">'
    '<b>{words}</b><progress class="k-bar {tone}" max="{total}" value="{used}" aria-label="{label}"></progress></span>'
)
_PAUSED = SafeString(" data-paused")


@register.simple_tag
def countdown(clock: Countdown, of: str = "", in_days: bool = False) -> SafeString:
    """What is left of a clock, which the page goes on counting (clocks.js), with a bar.

    Args:
        of: what is said before the kind of the clock to people who cannot see the bar.
        in_days: in days and hours on the wall instead of service time.
    """
    day, hour, over = pgettext("countdown", "days"), pgettext("countdown", "h"), pgettext("countdown", "over by")
    if in_days and clock.span >= _DAY:
        left = f"{clock.span // _DAY} {day} {clock.span % _DAY // _HOUR} {hour}"
    else:
        left = duration(clock.span)
    state = over if clock.over else pgettext("countdown", "paused") if clock.paused else ""
    return format_html(
        _HTML,
        tone=clock.tone,
        left=clock.left,
        total=clock.total,
        used=clock.used,
        since=clock.runs_from.isoformat(),
        until=clock.runs_until.isoformat(),
        more=format_html(' data-day="{}"', day) if in_days else _PAUSED if clock.paused else "",
        over=over,
        second=pgettext("countdown", "s"),
        minute=pgettext("countdown", "min"),
        hour=hour,
        words=f"{state} {left}" if state else left,
        label=f"{of} {clock.kind.label}" if of else clock.kind.label,
    )
