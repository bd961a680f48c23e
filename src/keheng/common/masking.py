"""Masks: what a page shows of a personal value until it is revealed (ui.md, JR/T 0171 class C2)."""


def mask_phone(number: str) -> str:
    """``13812345678`` → ``138****5678``; a landline keeps its area code: ``0577-****2210``."""
    digits = number.strip()
    if "-" in digits:
        area, number = digits.split("-")[:2]  # an extension is not shown
        return f"{area}-****{number[-4:]}"
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def mask_id_number(number: str) -> str:
    """Keep the region and the last two characters: ``330302197411120024`` → ``3303************24``."""
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}" if len(number) >= 10 else "****"


def mask_account(number: str) -> str:
    """Keep the last four digits of an account or card number."""
    return f"****{number[-4:]}"


def mask_email(address: str) -> str:
    """``huang@example.com`` → ``h****@example.com``."""
    name, at, host = address.partition("@")
    return f"{name[:1]}****{at}{host}" if at else "****"


def mask_text(text: str) -> str:
    """Keep the first six characters of an address or a note."""
    return f"{text[:6]}****" if len(text) > 6 else "****"


def mask_name(name: str) -> str:
    """Keep the first character of somebody's name: ``黄雅琴`` → ``黄**``."""
    return f"{name[:1]}**" if name else ""
