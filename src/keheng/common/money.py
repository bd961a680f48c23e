"""Amounts of money as people here read them: 万 and 亿."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def in_wan(amount: Decimal | int | None) -> str:
    """``2123500`` → ``212.35万``, ``362000000`` → ``3.62亿``, below 1 000 the plain amount; ``None`` → ``—``."""
    if amount is None:
        return "—"
    value = Decimal(amount)
    size = abs(value)
    if size < 1000:
        return f"{value.quantize(_CENT, ROUND_HALF_UP) + 0:,}"  # + 0: never "-0.00"
    unit, sign = (YI, "亿") if size >= YI - 50 else (WAN, "万")  # 9,999.995万 already rounds to 1亿
    return f"{(value / unit).quantize(_CENT, ROUND_HALF_UP):,}{sign}"


def short_wan(amount: Decimal | int) -> str:
    """A threshold without idle decimals: ``500000`` → ``50万``, ``1000`` → ``0.1万``."""
    value = Decimal(amount)
    unit, sign = (YI, "亿") if abs(value) >= YI else (WAN, "万")
    text = f"{(value / unit).quantize(_CENT, ROUND_HALF_UP):,f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{sign}"
