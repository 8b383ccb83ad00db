"""« Médias »: the pictures of a product."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Media
from catalog.services import media as pictures
from catalog.web.forms import PictureForm
from catalog.web.product import own, show
from core.refusals import Refusal
from merchants.enums import Role
from merchants.web.access import member_required


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def media(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The pictures, and one more."""
    product = own(request, public_id)
    form = PictureForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            pictures.add(
                merchant_id=request.merchant.pk,
                product_id=product.pk,
                file=form.cleaned_data["file"],
                alt=form.cleaned_data["alt"],
                language=product.source_language,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Picture added; its smaller versions are being made."))
            return redirect("catalog:media", public_id)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    shown = [(item, item.alt_texts.get(product.source_language, "")) for item in product.media.all()]
    return show(request, product, "media", {"form": form, "shown": shown}, status=422 if form.errors else 200)


@require_POST
@member_required(Role.CATALOGUE)
def remove(request: HttpRequest, public_id: UUID, media_id: UUID) -> HttpResponse:
    """Take a picture off."""
    product = own(request, public_id)
    found = get_object_or_404(Media, product=product, public_id=media_id)
    pictures.remove(merchant_id=request.merchant.pk, media_id=found.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Picture removed."))
    return redirect("catalog:media", public_id)


@require_safe
@member_required()
def picture(request: HttpRequest, media_id: UUID, width: int) -> FileResponse:
    """A rendition, to members of the merchant. Its address changes with the picture: it may be kept."""
    found = get_object_or_404(Media.objects.for_merchant(request.merchant), public_id=media_id)
    name = found.renditions.get(str(width))
    if name is None:
        raise Http404
    response = FileResponse(found.file.storage.open(name), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
