"""How files leave: never as a page of this site."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from keheng.files.enums import FileKind
from keheng.files.kinds import KINDS
from keheng.files.models import StoredFile
from keheng.files.queries import content_of, thumbnail_of

_SEALED_OFF = "default-src 'none'; sandbox"


def attachment(file: StoredFile, name: str) -> HttpResponse:
    """The file as a download called ``name`` plus the ending of its kind; names carry no personal data."""
    return download(content_of(file), KINDS[FileKind(file.kind)].media_type, f"{name}.{file.ending}")


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Bytes as a download called ``name``, which carries no personal data."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return _guarded(response)


def thumbnail(file: StoredFile) -> HttpResponse:
    """The small JPEG of a picture, for ``<img>``.

    Raises:
        Http404: the file is no picture.
    """
    data = thumbnail_of(file)
    if data is None:
        raise Http404
    return _guarded(HttpResponse(data, content_type="image/jpeg"))


def _guarded(response: HttpResponse) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SEALED_OFF
    response.headers["Cache-Control"] = "private, no-store"
    return response
