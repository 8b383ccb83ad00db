"""Show a document to those who may see it; who may is the door's matter."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from core.models import User
from merchants.models import Document
from merchants.services import documents


def send(found: Document, *, by: User, address: str | None, is_inline: bool = False) -> HttpResponseBase:
    """Log the view, then send the content under the type that was found in it, never as a page of ours."""
    documents.look(document=found, by=by, at=timezone.now(), address=address)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=found.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=not is_inline, filename=found.original_name) or "attachment"
    )
    # A browser's own PDF viewer does not start in a sandbox; without scripts it needs none.
    policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
    response["Content-Security-Policy"] = policy if is_inline else "default-src 'none'; sandbox"
    return response
