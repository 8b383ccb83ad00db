"""The store's own pages: support, returns, how it presents itself, when it is closed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.dates import PARIS
from core.pictures import BadPicture
from core.refusals import Refusal
from merchants.models import Holiday, StorePage, StoreText
from merchants.presentation import hours
from merchants.services import addresses, holidays, store_page, stores, support
from merchants.services.addresses import PostalAddress
from merchants.web import storefront_forms as questions
from merchants.web.access import member_required
from merchants.web.questions import ask, field_of
from merchants.web.trade import address_of, facts_of, who


@require_http_methods(["GET", "POST"])
@member_required()
def support_hours(request: HttpRequest) -> HttpResponse:
    """In which languages, and when, buyers are answered."""
    known = facts_of(request).page
    initial: dict[str, Any] = {"languages": ["fr"], "days": hours.DAYS[:5]}
    if known and known.support_hours:
        initial = {"languages": known.support_languages, **hours.read(known.support_hours)}
    form = questions.SupportForm(request.POST or None, initial=initial)
    return ask(
        request,
        code=support.CODE,
        form=form,
        save=lambda data: support.set_support(
            languages=data["languages"], hours=form.hours(), **who(request)
        ),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def returns(request: HttpRequest) -> HttpResponse:
    """Where buyers send goods back; the company's address is proposed. ``?zone=`` shows that zone's."""
    file = facts_of(request)
    zone = request.GET.get("zone", "default")
    row = next((row for row in file.returns if row.zone == zone), None)
    initial: dict[str, Any] = {"zone": zone, **address_of(file)}
    if row is not None:
        initial = {name: getattr(row, name) for name in questions.ReturnsForm.field_order}
    return ask(
        request,
        code=addresses.CODE,
        form=questions.ReturnsForm(request.POST or None, initial=initial),
        template="merchants/returns.html",
        zones=file.returns,
        save=lambda data: addresses.set_returns(
            zone=data.pop("zone"), address=PostalAddress(**data), **who(request)
        ),
    )


@require_POST
@member_required()
def returns_remove(request: HttpRequest, zone: str) -> HttpResponse:
    """Take the address of a zone away: its buyers use the one for all countries."""
    try:
        addresses.remove_returns(zone=zone, **who(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Removed: the address for all countries is used there again."))
    return redirect("merchants:returns")


def settle(
    request: HttpRequest,
    *,
    title: str,
    form: forms.Form,
    save: Callable[[dict[str, Any]], Any],
    fields: Mapping[type[Refusal], str] | None = None,
    back: str = "merchants:store",
    **context: Any,
) -> HttpResponse:
    """Show a setting that no requirement asks for, or save it."""
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except Refusal as refusal:
            name = field_of(refusal, fields or {})
            form.add_error(name if name in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "merchants/store_setting.html", {"form": form, "title": title, **context}, status=status
    )


@require_http_methods(["GET", "POST"])
@member_required()
def page(request: HttpRequest) -> HttpResponse:
    """The texts of a language; ``?language=`` shows another."""
    language = request.GET.get("language", "fr")
    texts = StoreText.objects.for_merchant(request.merchant)
    row = next((text for text in texts if text.language == language), None)
    initial: dict[str, Any] = {"language": language}
    if row is not None:
        initial |= {name: getattr(row, name) for name in store_page.LONGEST}
    return settle(
        request,
        title=_("Page of the store"),
        form=questions.PageForm(request.POST or None, initial=initial),
        save=lambda data: store_page.set_text(**data, **who(request)),
    )


@require_http_methods(["GET", "POST"])
@member_required()
def logo(request: HttpRequest) -> HttpResponse:
    return settle(
        request,
        title=_("Logo"),
        logo=StorePage.objects.for_merchant(request.merchant).exclude(logo="").first(),
        form=questions.LogoForm(request.POST or None, request.FILES or None),
        save=lambda data: store_page.set_logo(file=data["file"], **who(request)),
        fields={BadPicture: "file", store_page.LogoTooLarge: "file"},
    )


@require_POST
@member_required()
def logo_remove(request: HttpRequest) -> HttpResponse:
    store_page.remove_logo(**who(request))
    messages.success(request, _("The logo is taken away."))
    return redirect("merchants:store_logo")


@require_safe
@member_required()
def logo_image(request: HttpRequest) -> HttpResponseBase:
    """The merchant's own logo, as it was made anew."""
    found = StorePage.objects.for_merchant(request.merchant).exclude(logo="").first()
    if found is None:
        raise Http404
    return FileResponse(found.logo.open("rb"), content_type="image/webp")


@require_http_methods(["GET", "POST"])
@member_required()
def address(request: HttpRequest) -> HttpResponse:
    """The store's address in links."""
    return settle(
        request,
        title=_("Address in links"),
        form=questions.SlugForm(request.POST or None, initial={"slug": request.merchant.slug}),
        save=lambda data: stores.move(slug=data["slug"], **who(request)),
        fields={stores.WrongSlug: "slug"},
    )


@require_http_methods(["GET", "POST"])
@member_required()
def holiday(request: HttpRequest) -> HttpResponse:
    """Close the store for some days."""
    form = questions.HolidayForm(request.POST or None)

    def save(data: dict[str, Any]) -> None:
        starts_at, ends_at = form.moments(PARIS)
        holidays.plan(starts_at=starts_at, ends_at=ends_at, **who(request))

    return settle(
        request,
        title=_("Holidays"),
        form=form,
        save=save,
        fields={holidays.Overlaps: "since"},
        back="merchants:holidays",
        holidays=holidays.coming(merchant_id=request.merchant.pk, at=timezone.now()),
        now=timezone.now(),
        is_holiday=True,
    )


@require_POST
@member_required()
def holiday_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open again now, or cancel a holiday to come."""
    found = get_object_or_404(Holiday.objects.for_merchant(request.merchant), public_id=public_id)
    holidays.end(holiday_id=found.pk, **who(request))
    messages.success(request, _("Saved."))
    return redirect("merchants:holidays")
