"""What went wrong, as ``application/problem+json`` (RFC 9457): what happened, which field, what to do."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as UnreadableError

CONTENT_TYPE = "application/problem+json; charset=utf-8"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with what was sent; ``field`` is empty where it concerns the whole."""

    field: str
    sentence: str


def problem(
    status: int,
    title: str,
    sentence: str,
    remedy: str,
    *,
    flaws: Sequence[Flaw] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer that tells a program, and whoever reads its log, what went wrong."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": sentence,
        "remedy": remedy,
        "errors": [asdict(flaw) for flaw in flaws],
    }
    body = json.dumps(told, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def unauthorised(sentence: str) -> HttpResponse:
    """401: nobody is signed in, or the token does not open."""
    return problem(
        401,
        _("You are not signed in"),
        sentence,
        _("Send “Authorization: Bearer …” with a token of the page “API tokens”."),
        headers={"WWW-Authenticate": 'Bearer realm="keheng"'},
    )


def refused(sentence: str) -> HttpResponse:
    """403: role, token, scope or level does not include it."""
    return problem(
        403,
        _("You may not do this"),
        sentence or _("Your role or your branch does not include it."),
        _("Ask the system administrator for the right, and make a token that includes it."),
    )


def missing() -> HttpResponse:
    """404: also what lies outside the caller's scope."""
    return problem(
        404,
        _("There is nothing here"),
        _("The record does not exist, has been removed, or lies outside what you may see."),
        _("Check the address and the number of the record."),
    )


def invalid(flaws: Sequence[Flaw]) -> HttpResponse:
    """422: what was sent cannot be taken as it is; nothing was written."""
    return problem(
        422,
        _("This cannot be taken as it is"),
        " ".join(flaw.sentence for flaw in flaws),
        _("Correct the fields named and send it again; nothing was written."),
        flaws=flaws,
    )


def conflict(sentence: str, remedy: str) -> HttpResponse:
    """409: the record, or the key of the call, stands against it."""
    return problem(409, _("This does not go together"), sentence, remedy)


def not_signed_in(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Nobody calls, or the token does not open."""
    return unauthorised(getattr(request, "token_refusal", "") or _("The call bears no sign-in."))


def unforeseen(_request: HttpRequest, error: Exception) -> HttpResponse:
    """500: logged, and told without its words."""
    log.exception("an unforeseen error of the interface", exc_info=error)
    return problem(
        500,
        _("Something went wrong here"),
        _("The server met an error that nobody foresaw. Nothing was half written."),
        _("Try again in a moment; if it stays, tell the system administrator the time of the call."),
    )


ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    AuthenticationError: not_signed_in,
    PermissionDenied: lambda _request, error: refused(str(error)),
    Http404: lambda _request, _error: missing(),
    ValidationError: lambda _request, error: invalid(_flaws_of(error)),
    UnreadableError: lambda _request, error: invalid([_flaw_of(told) for told in error.errors]),
    HttpError: lambda _request, error: problem(
        error.status_code, _("This call cannot be read"), error.message, _("Correct the call.")
    ),
    Exception: unforeseen,
}
"""The problem that each exception means."""


def _flaws_of(error: ValidationError) -> list[Flaw]:
    if not hasattr(error, "error_dict"):
        return [Flaw("", sentence) for sentence in error.messages]
    return [
        Flaw("" if field == NON_FIELD_ERRORS else field, sentence)
        for field, sentences in error.message_dict.items()
        for sentence in sentences
    ]


def _flaw_of(told: Mapping[str, Any]) -> Flaw:
    """A flaw that the shape of the call has, in words: pydantic's own are English and for programmers."""
    source, *path = told["loc"]
    field = ".".join(str(part) for part in (path[1:] if source == "body" and len(path) > 1 else path))
    return Flaw(field, _sentence(told["type"], told.get("ctx") or {}))


def _sentence(kind: str, context: Mapping[str, Any]) -> str:
    if kind in (limits := _limits()):
        return limits[kind] % context
    sentences = (sentence for beginning, sentence in _shapes().items() if kind.startswith(beginning))
    return next(sentences, _("This value is not what the field takes."))


def _limits() -> dict[str, str]:
    """Sentences with the limit that was passed, by pydantic's name of the error."""
    return {
        "string_too_long": _("At most %(max_length)s characters."),
        "string_too_short": _("At least %(min_length)s characters."),
        "greater_than_equal": _("At least %(ge)s."),
        "less_than_equal": _("At most %(le)s."),
        "enum": _("One of: %(expected)s."),
        "literal_error": _("One of: %(expected)s."),
    }


def _shapes() -> dict[str, str]:
    """Sentences by the beginning of pydantic's name of the error."""
    return {
        "missing": _("This field is needed."),
        "extra_forbidden": _("There is no such field."),
        "json_invalid": _("The body is no JSON."),
        "int": _("Write a whole number."),
        "decimal": _("Write an amount such as 1234.50."),
        "datetime": _("Write a time as 2026-11-22T08:30:00+08:00."),
        "date": _("Write a date as 2026-11-22."),
        "bool": _("Write true or false."),
        "string": _("Write a text."),
        "list": _("Write a list."),
    }
