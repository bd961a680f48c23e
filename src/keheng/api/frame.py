"""The interface itself: who calls, how often, what repeats, and how refusals are told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer

from keheng.api import limits, problems, replies
from keheng.common import clock

_READS = {"GET", "HEAD", "OPTIONS"}

type Run = Callable[..., HttpResponse]


class TokenSignIn(HttpBearer):
    """A token in ``Authorization: Bearer …``; the middleware of ``org`` has opened it already."""

    def __call__(self, request: HttpRequest) -> Any:
        return request.user if _by_token(request) else None

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError("the middleware signs in")


class SessionSignIn(APIKeyCookie):
    """The session of a page; writes then bear the page's token against forgery in ``X-CSRFToken``."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ARG002  # ninja's signature
        return request.user if request.user.is_authenticated and not _by_token(request) else None


class HttpApi(NinjaAPI):
    """Ninja's interface with our sign-in, our refusals, and words in the reader's language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auth=[TokenSignIn(), SessionSignIn()], docs_url=None, **options)
        for error, answer in problems.ANSWERS.items():
            self.add_exception_handler(error, answer)
        self.add_decorator(governed, mode="view")

    def set_default_exception_handlers(self) -> None:
        """None of ninja's own: every refusal is told one way."""

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        """The addresses; their sign-in is the interface's own, a refusal and no sign-in page."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.name != "openapi-json":
                pattern.callback.login_required = False  # type: ignore[attr-defined]
        return [*patterns, re_path("", _nothing_here)], app, namespace

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema.update(_spoken(schema))
        return schema


@login_not_required
@csrf_exempt
def _nothing_here(_request: HttpRequest) -> HttpResponse:
    """Every other address below the interface's."""
    return problems.missing()


def governed(run: Run) -> Run:
    """Count the call, and let a write that bears a key be done once."""

    @wraps(run)
    def governed_run(request: HttpRequest, **values: Any) -> HttpResponse:
        actor: Any = request.user
        if not actor.is_authenticated:
            return run(request, **values)
        at = clock.now()
        allowance = limits.take(actor.pk, at)
        if allowance.left < 0:
            return _too_many(allowance)
        key = request.headers.get(replies.HEADER, "")
        if key and request.method not in _READS:
            response = replies.once(request, actor.pk, key, lambda: run(request, **values), at)
        else:
            response = run(request, **values)
        response.headers["X-RateLimit-Limit"] = str(allowance.limit)
        response.headers["X-RateLimit-Remaining"] = str(allowance.left)
        return response

    return governed_run


def _too_many(allowance: limits.Allowance) -> HttpResponse:
    return problems.problem(
        429,
        _("Too many calls"),
        _("More than %(limit)s calls in this minute.") % {"limit": allowance.limit},
        _("Wait %(seconds)s seconds; ask for larger pages rather than more of them.") % {"seconds": allowance.seconds},
        headers={"Retry-After": str(allowance.seconds)},
    )


def _by_token(request: HttpRequest) -> bool:
    return getattr(request, "api_token", None) is not None


def _spoken(value: Any) -> Any:
    """The same structure with every lazy word said in the present language."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _spoken(part) for key, part in value.items()}
    return [_spoken(part) for part in value] if isinstance(value, list | tuple) else value
