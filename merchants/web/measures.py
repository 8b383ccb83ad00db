"""Measures against the merchant: what was decided and why, and how to appeal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.refusals import Refusal
from merchants.enums import MeasureKind, Role
from merchants.models import Measure
from merchants.presentation import measures as shown
from merchants.services import appeals, contents, reasoning, refusals, statements
from merchants.web.access import member_required
from merchants.web.appeal_forms import AppealForm
from merchants.web.questions import field_of

FIELDS: dict[type[Refusal], str] = {
    appeals.TextNeeded: "text",
    appeals.TooManyDocuments: "documents",
    contents.DocumentRefused: "documents",
}


def own(request: HttpRequest, public_id: str) -> Measure:
    """Return a measure that the merchant was told of; another's, and a mere proposal, give 404."""
    found = Measure.objects.for_merchant(request.merchant).told().select_related("statement", "agreement")
    measure: Measure = get_object_or_404(found, public_id=public_id)
    measure.merchant = request.merchant
    return measure


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """The measures, newest first."""
    found = Measure.objects.for_merchant(request.merchant).told().select_related("appeal")
    lines = [(m, shown.what(m), shown.state_of(m)) for m in found.order_by("-created_at", "-pk")[:200]]
    return render(request, "merchants/measures.html", {"lines": lines})


@require_safe
@member_required()
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """The statement of reasons as it was sent, the course of the measure, and its appeal."""
    measure, at = own(request, public_id), timezone.now()
    appeal = shown.appeal_of(measure, at)
    context: dict[str, Any] = {
        "measure": measure,
        "what": shown.what(measure),
        "state": shown.state_of(measure),
        "content": statements.read(measure.statement),
        "course": shown.course(measure),
        "appeal": appeal,
        "may_appeal": shown.may_appeal(measure, appeal, at),
        "appeal_until": reasoning.appeal_until(measure),
        "may_start_again": measure.kind == MeasureKind.REFUSAL
        and request.merchant.application.status == "rejected"
        and refusals.may_start_again(request.merchant.application)
        and (appeal is None or bool(appeal.appeal.outcome)),
    }
    return render(request, "merchants/measure.html", context)


@never_cache
@require_safe
@member_required()
def statement(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The statement's PDF, the very file that was sent."""
    measure = own(request, public_id)
    try:
        content = measure.statement.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="application/pdf")
    name = f"{measure.reference}.pdf"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER, when_closed=True)
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Appeal, once. Owners and administrators speak for the company."""
    measure, at = own(request, public_id), timezone.now()
    form = AppealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        attached = [(file, file.name) for file in form.cleaned_data["documents"]]
        try:
            appeals.submit(
                measure_id=measure.pk,
                text=form.cleaned_data["text"],
                attached=attached,
                by=request.user,
                at=at,
            )
        except Refusal as refusal:
            form.add_error(field_of(refusal, FIELDS), refusal.message)
        else:
            messages.success(request, _("We received your appeal. A mail confirms it."))
            return redirect("merchants:measure", measure.public_id)
    context = {
        "measure": measure,
        "what": shown.what(measure),
        "form": form,
        "may_appeal": shown.may_appeal(measure, shown.appeal_of(measure, at), at),
        "appeal_until": reasoning.appeal_until(measure),
        "days": reasoning.DECIDE_WITHIN,
    }
    return render(
        request, "merchants/appeal.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_POST
@member_required(Role.OWNER)
def start_again(request: HttpRequest) -> HttpResponse:
    """Make a refused file a draft again."""
    if getattr(request.merchant, "application", None) is None:
        raise PermissionDenied
    try:
        refusals.start_again(merchant_id=request.merchant.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your file is a draft again: correct it and send it once more."))
    return redirect("merchants:file")
