"""Filters and tags that every template has: amounts, dates, tier badges, icons, bars, charts, masks."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from keheng.common import clock, money
from keheng.common.limits import Limit
from keheng.ui.charts import BubbleChart, Chart

register = template.Library()

EMPTY = "—"
_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


# -- amounts and figures ------------------------------------------------------------------------------------------


@register.filter
def wan(amount: Decimal | int | None) -> str:
    """An amount of CNY in 万/亿 with two decimals; the full value shows on hover."""
    if amount is None or amount == "":
        return EMPTY
    return format_html('<span title="¥{}">{}</span>', f"{Decimal(amount):,.2f}", money.in_wan(amount))


@register.filter
def short_wan(amount: Decimal | int | None) -> str:
    """A threshold without idle decimals: ``50万``."""
    return EMPTY if amount is None or amount == "" else money.short_wan(amount)


@register.filter
def count(number: int | str | None) -> str:
    """``20000`` → ``20,000``; nothing, or a name that the template does not know, → ``—``."""
    return EMPTY if number is None or isinstance(number, str) else f"{number:,}"


@register.filter
def percent(ratio: Decimal | float | None, digits: int = 1) -> str:
    """A ratio as a percentage: ``0.423`` → ``42.3%``."""
    return EMPTY if ratio is None or ratio == "" else f"{_hundredths(ratio, digits)}%"


@register.filter
def signed_percent(ratio: Decimal | float | None, digits: int = 1) -> str:
    """A change with its sign, green up and red down: ``-0.019`` → ``−1.9%``."""
    if ratio is None or ratio == "":
        return EMPTY
    tone = "up" if ratio > 0 else "down" if ratio < 0 else "soft"
    return format_html('<span class="{}">{}</span>', tone, plain_signed_percent(ratio, digits))


def plain_signed_percent(ratio: Decimal | float | None, digits: int = 1) -> str:
    """The words of ``signed_percent``, for texts that people edit or print: ``0.077`` → ``+7.7%``."""
    if ratio is None:
        return EMPTY
    sign = "+" if ratio > 0 else "−" if ratio < 0 else ""
    return f"{sign}{_hundredths(ratio, digits).removeprefix('-')}%"


def _hundredths(ratio: Decimal | float, digits: int) -> str:
    exact = Decimal(str(ratio)) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


@register.filter
def dash(value: Any) -> Any:
    """The value, or ``—`` where there is none."""
    return EMPTY if value is None or value == "" else value


# -- time ---------------------------------------------------------------------------------------------------------


def _date_words(value: date, today: date) -> str:
    written = f"{value:%m-%d}" if value.year == today.year else f"{value:%Y-%m-%d}"
    return f"{written} {_WEEKDAYS[value.weekday()]}"


@register.filter
def day(value: date | datetime | None) -> str:
    """``11-22 周日``; with the year when it is not the present one."""
    if not value:
        return EMPTY
    if isinstance(value, datetime):
        value = value.astimezone(clock.SHANGHAI).date()
    return _date_words(value, clock.today())


@register.filter
def moment(value: datetime | None) -> str:
    """``11-22 周日 14:30``; within the last day how long ago, with the full time on hover."""
    if not value:
        return EMPTY
    now = clock.now()
    local = value.astimezone(clock.SHANGHAI)
    full = f"{_date_words(local.date(), clock.today())} {local:%H:%M}"
    past = now - value
    if not timedelta(0) <= past < timedelta(days=1):
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), full)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, _ago(past)
    )


def _ago(past: timedelta) -> str:
    minutes = int(past.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}


@register.filter
def duration(value: timedelta) -> str:
    """A length of time in one or two units: ``1 小时 20 分``, ``45 秒``."""
    seconds = int(value.total_seconds())
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    minutes, hours = seconds // 60 % 60, seconds // 3600
    if not hours:
        return _("%(n)d min") % {"n": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def limit_words(limit: Limit | str | None) -> str:
    """A limit as people say it: ``30m`` → ``30 分钟``, ``4h`` → ``4 小时``, ``1d`` → ``1 个工作日``; none is ``—``."""
    if not limit:
        return EMPTY
    read = limit if isinstance(limit, Limit) else Limit.read(limit)
    match read.unit:
        case "m":
            words = ngettext("%(count)d minute", "%(count)d minutes", read.amount)
        case "h":
            words = ngettext("%(count)d hour", "%(count)d hours", read.amount)
        case _:
            words = ngettext("%(count)d working day", "%(count)d working days", read.amount)
    return words % {"count": read.amount}


# -- marks --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of Tabler's font; give a label where no text beside it says the same."""
    if label:
        return format_html('<span class="ti ti-{}" role="img" aria-label="{}"></span>', name, label)
    return format_html('<span class="ti ti-{}" aria-hidden="true"></span>', name)


@register.simple_tag
def tier_badge(rank: int | None, name: str = "") -> SafeString:
    """The tier's name on its colour: rank 0 to 5 of the ramp; without a tier ``—``."""
    if rank is None or rank < 0 or not name:
        return SafeString(EMPTY)
    return format_html('<span class="tier t{}">{}</span>', min(rank, 5), name)


@register.simple_tag
def bar(value: Decimal | float, maximum: Decimal | float = 1, tone: str = "", label: str = "") -> SafeString:
    """A thin bar, ``value`` of ``maximum``; tones: ``met``, ``near``, ``over``, ``paused``, ``t0``…``t5``."""
    share = min(max(float(value or 0) / float(maximum or 1), 0), 1)
    return format_html(
        '<progress class="k-bar {}" value="{}" max="1" aria-label="{}"></progress>',
        tone,
        f"{share:.4f}",
        label or f"{share:.0%}",
    )


@register.inclusion_tag("ui/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart in its card (:class:`keheng.ui.charts.Chart`)."""
    return {"chart": chart, "data_id": f"{chart.key}-data"}


@register.inclusion_tag("ui/bubbles.html")
def bubbles(chart: BubbleChart) -> dict[str, Any]:
    """Bubbles over two axes in their card (:class:`keheng.ui.charts.BubbleChart`)."""
    return {"chart": chart, "data_id": f"{chart.key}-data"}


@register.simple_tag
def figure(value: Decimal | float | None, unit: str) -> str:
    """A figure in the unit of its chart."""
    if value is None:
        return EMPTY
    match unit:
        case "wan":
            return wan(Decimal(value))
        case "percent":
            return percent(value)
        case _:
            return count(int(value))


@register.inclusion_tag("ui/masked.html")
def masked(mask: str, url: str, field: str, label: str) -> dict[str, str]:
    """A masked personal value with the eye that reveals it.

    Args:
        mask: what is shown, such as ``138****5678``.
        url: the customer's reveal address (a :class:`keheng.ui.reveal.RevealView`).
        field: which value of the customer, as that view knows it.
        label: what it is, for people who cannot see the eye.
    """
    return {"mask": mask, "url": url, "field": field, "label": label}


# -- forms --------------------------------------------------------------------------------------------------------


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's input in our looks, tied to its hint and its error; a file can be dropped on it."""
    inputs = field.as_widget(attrs=_looks(field))
    if isinstance(field.field.widget, FileInput):
        return SafeString(render_to_string("ui/file.html", {"input": inputs, "wrong": bool(field.errors)}))
    return inputs


def _looks(field: BoundField) -> dict[str, str | bool]:
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect | CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    else:
        css = "form-control"
    attrs: dict[str, str | bool] = {"class": f"{css} is-invalid" if field.errors else css}
    described = [f"{field.id_for_label}-error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.id_for_label}-hint")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return attrs
