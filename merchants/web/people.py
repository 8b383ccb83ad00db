"""The people behind the company: who represents it, who signs, who owns it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.refusals import Refusal
from merchants.enums import DocumentKind, Ownership, PersonRole, Role
from merchants.models import Person
from merchants.presentation import tasks
from merchants.services import files, officers, people, requirements
from merchants.services.requirements import File
from merchants.web import proof_forms as forms
from merchants.web.access import member_required
from merchants.web.proofs import ask_for
from merchants.web.questions import ask

CODES = {
    PersonRole.LEGAL_REPRESENTATIVE: "legal_representative",
    PersonRole.BENEFICIAL_OWNER: "beneficial_owners",
    PersonRole.ATTORNEY: "power_of_attorney",
}
LISTS = {
    PersonRole.LEGAL_REPRESENTATIVE: "merchants:representative",
    PersonRole.BENEFICIAL_OWNER: "merchants:owners",
    PersonRole.ATTORNEY: "merchants:attorney",
}
FIELDS = {
    people.WrongBirthDate: "birth_date",
    people.WrongNationality: "nationality",
    people.WrongResidence: "residence",
    people.WrongShare: "share_percent",
    people.HoldingsMissing: "holdings",
}
PERSONAL = ("first_names", "last_name", "birth_date", "nationality", "address", "residence")


@require_http_methods(["GET", "POST"])
@member_required()
def representatives(request: HttpRequest) -> HttpResponse:
    """Who legally represents the company. Without anybody yet, the first one at once."""
    file = _file(request)
    if not file.representatives and _leads(request):
        return add(request, PersonRole.LEGAL_REPRESENTATIVE)
    return _list(request, file, file.representatives, PersonRole.LEGAL_REPRESENTATIVE)


@require_http_methods(["GET", "POST"])
@member_required()
def owners(request: HttpRequest) -> HttpResponse:
    """Who owns over 25 %: listed, and declared to be all."""
    file = _file(request)
    others = [person for person in file.people if not person.is_owner] if _leads(request) else []
    return _list(request, file, file.owners, PersonRole.BENEFICIAL_OWNER, others=_named(request, others))


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def attorney(request: HttpRequest) -> HttpResponse:
    """Who signs with a power, then the power itself."""
    file = _file(request)
    if file.attorneys:
        return ask_for(request, DocumentKind.POWER_OF_ATTORNEY, file.attorneys[-1])
    return add(request, PersonRole.ATTORNEY)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def add(request: HttpRequest, role: str) -> HttpResponse:
    """Write one more person; of representatives, the register's officers are proposed, ``?officer=`` is the
    place of the one to write.
    """
    proposed = _officers(_file(request)) if role == PersonRole.LEGAL_REPRESENTATIVE else []
    initial: dict[str, Any] = {"nationality": "FR", "residence": "FR"}
    if proposed:
        wanted = request.GET.get("officer", "")
        chosen = next((one for place, one in enumerate(proposed) if str(place) == wanted), proposed[0])
        initial |= {"first_names": chosen.first_names, "last_name": chosen.last_name}
        initial["nationality"] = chosen.nationality or "FR"
        data = people.PersonalData(chosen.first_names, chosen.last_name, timezone.localdate(), "FR")
        initial["signs"] = people.is_same(data, request.user)
    return _ask(request, PersonRole(role), initial, officers=proposed)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct what was written of a person."""
    person = _person(request, public_id)
    data = people.read(person)
    initial = {name: getattr(data, name) for name in PERSONAL}
    initial |= {"signs": person.signs, **_share_of(person)}
    return _ask(request, PersonRole(person.role), initial, person=person)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that somebody who represents the company or signs for it is a beneficial owner too."""
    person = _person(request, public_id)
    form = forms.ShareForm(_sent(request), initial=_share_of(person))

    def save(data: dict[str, Any]) -> None:
        people.set_share(
            merchant_id=request.merchant.pk,
            person_id=person.pk,
            share=_share(data),
            by=request.user,
            at=timezone.now(),
        )

    return ask(
        request,
        code="beneficial_owners",
        form=form,
        save=save,
        fields=FIELDS,
        then="merchants:owners",
        about=_name(person),
    )


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then note that somebody has left; of who is an owner besides, only that they own no more."""
    person = _person(request, public_id)
    only_share = "share" in request.GET and person.role != PersonRole.BENEFICIAL_OWNER
    back = (
        "merchants:owners"
        if person.role == PersonRole.BENEFICIAL_OWNER or only_share
        else LISTS[PersonRole(person.role)]
    )
    if request.method == "POST":
        who = {
            "merchant_id": request.merchant.pk,
            "person_id": person.pk,
            "by": request.user,
            "at": timezone.now(),
        }
        try:
            people.set_share(share=None, **who) if only_share else people.end(**who)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Removed."))
        return redirect(back)
    return render(
        request,
        "merchants/person_remove.html",
        {"name": _name(person), "back": back, "only_share": only_share},
    )


@require_POST
@member_required(Role.OWNER)
def declare(request: HttpRequest) -> HttpResponse:
    """Declare that the list of owners is complete, or that there is nobody to list."""
    ownership = Ownership.NOBODY if "nobody" in request.POST else Ownership.LISTED
    try:
        people.declare_owners(
            merchant_id=request.merchant.pk, ownership=ownership, by=request.user, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("merchants:owners")
    messages.success(request, _("Saved."))
    return redirect("merchants:file")


def _ask(
    request: HttpRequest,
    role: PersonRole,
    initial: dict[str, Any],
    *,
    person: Person | None = None,
    **context: Any,
) -> HttpResponse:
    kinds = {PersonRole.LEGAL_REPRESENTATIVE: forms.SignerForm, PersonRole.BENEFICIAL_OWNER: forms.OwnerForm}
    form = kinds.get(role, forms.PersonForm)(_sent(request), initial=initial)

    def save(data: dict[str, Any]) -> None:
        given: dict[str, Any] = {
            "merchant_id": request.merchant.pk,
            "data": people.PersonalData(**{name: data[name] for name in PERSONAL}),
            "by": request.user,
            "at": timezone.now(),
            "person_id": person.pk if person else None,
        }
        if role == PersonRole.LEGAL_REPRESENTATIVE:
            people.add_representative(signs=data["signs"], **given)
        elif role == PersonRole.BENEFICIAL_OWNER:
            people.add_owner(share=_share(data), **given)
        else:
            people.add_attorney(**given)

    first = role == PersonRole.LEGAL_REPRESENTATIVE and not _file(request).representatives
    return ask(
        request,
        code=CODES[role],
        form=form,
        save=save,
        fields=FIELDS,
        then="merchants:file" if first else LISTS[role],
        about=_name(person) if person else "",
        **context,
    )


def _list(
    request: HttpRequest, file: File, found: list[Person], role: PersonRole, **context: Any
) -> HttpResponse:
    answer = requirements.compute_of(file)
    opened = files.reopened_codes(merchant_id=request.merchant.pk)
    item = answer.item(CODES[role])
    shown = {
        "rows": _named(request, found),
        "item": item,
        **tasks.said_of(item),
        "role": role,
        "leads": _leads(request),
        "closed": files.why_not(file.application, CODES[role], opened),
        "company": file.company,
        **context,
    }
    name = "owners" if role == PersonRole.BENEFICIAL_OWNER else "representatives"
    return render(request, f"merchants/{name}.html", shown)


def _named(request: HttpRequest, found: list[Person]) -> list[dict[str, Any]]:
    """Return people with their names: whole for who leads, initials for their colleagues."""
    leads = _leads(request)
    return [
        {
            "person": person,
            "name": f"{data.first_names} {data.last_name}" if leads else people.masked(data),
            "data": data if leads else None,
            "holdings": people.holdings_of(person) if leads else "",
        }
        for person, data in zip(found, people.read_many(found), strict=True)
    ]


def _officers(file: File) -> list[officers.ProposedOfficer]:
    """Return the people among the proposed officers who are not written yet."""
    known = {people.folded(data.last_name) for data in people.read_many(file.people)}
    proposed = officers.proposed_officers(file)
    return [one for one in proposed if one.is_person and people.folded(one.last_name) not in known]


def _share(data: dict[str, Any]) -> people.Share:
    return people.Share(data["control"], data["share_percent"], data["holdings"])


def _share_of(person: Person) -> dict[str, Any]:
    return {
        "control": person.control,
        "share_percent": person.share_percent,
        "holdings": people.holdings_of(person),
    }


def _person(request: HttpRequest, public_id: UUID) -> Person:
    rows = Person.objects.for_merchant(request.merchant)
    return get_object_or_404(rows, public_id=public_id, ended_at=None)


def _name(person: Person) -> str:
    data = people.read(person)
    return f"{data.first_names} {data.last_name}"


def _file(request: HttpRequest) -> File:
    return requirements.compute(merchant_id=request.merchant.pk, at=timezone.now()).file


def _leads(request: HttpRequest) -> bool:
    return request.membership.role in {Role.OWNER, Role.ADMINISTRATOR}


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
