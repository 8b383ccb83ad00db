"""« Mon dossier »: the task list, check answers, send."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.refusals import Refusal
from merchants.enums import Role
from merchants.models import Decision
from merchants.presentation import answers, tasks
from merchants.services import application as applications
from merchants.services import outages, requirements
from merchants.web.access import member_required


@require_safe
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """What is missing, why, until when, who acts next, and what happens then."""
    late = outages.unsent(request.merchant.pk)
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now(), also=[late])
    last = Decision.objects.filter(application=answer.file.application).exclude(text="").order_by("-pk")
    decision = last.filter(kind__in=["request_information", "reject"]).first()
    said = {"decision": decision, "outages": outages.of(answer.file, late)}
    return render(request, "merchants/file.html", {**tasks.context(answer), **said})


@require_safe
@member_required()
def check(request: HttpRequest) -> HttpResponse:
    """All answers on one page before they are sent."""
    answer = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now())
    leads = request.membership.role in {Role.OWNER, Role.ADMINISTRATOR}
    rows = answers.of(answer, without=() if leads else answers.PERSONAL)
    return render(request, "merchants/check.html", {**tasks.context(answer), "answers": rows})


@require_POST
@member_required()
def send(request: HttpRequest) -> HttpResponse:
    try:
        applications.submit(merchant_id=request.merchant.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your file is with us. We answer within two working days."))
    return redirect("merchants:file")
