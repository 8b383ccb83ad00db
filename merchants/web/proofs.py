"""Pages that ask for a document: one file or several, chosen, photographed, dropped, or already sent."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from merchants.enums import DocumentKind, Role
from merchants.models import Person
from merchants.services import documents, people, requirements
from merchants.services.requirements.definitions.people import of_identity
from merchants.web import proof_forms as forms
from merchants.web.access import member_required
from merchants.web.questions import ask

FORMS = {
    DocumentKind.REGISTRATION: forms.RegistrationForm,
    DocumentKind.STATUTES: forms.ProofForm,
    DocumentKind.ADDRESS_PROOF: forms.DatedProofForm,
    DocumentKind.BANK_PROOF: forms.BankProofForm,
    DocumentKind.POWER_OF_ATTORNEY: forms.PowerForm,
    DocumentKind.IDENTITY: forms.IdentityForm,
}
FIELDS = {
    documents.WrongDate: "issued_on",
    documents.Expired: "expires_on",
    documents.DocumentRefused: "file",
}


@require_http_methods(["GET", "POST"])
@member_required()
def company(request: HttpRequest, kind: DocumentKind) -> HttpResponse:
    """A document of the company: certificate, articles, proof of address."""
    return ask_for(request, kind)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def of_person(request: HttpRequest, public_id: UUID, kind: DocumentKind) -> HttpResponse:
    """A document of somebody of the company: identity, power of attorney."""
    person = get_object_or_404(
        Person.objects.for_merchant(request.merchant), public_id=public_id, ended_at=None
    )
    return ask_for(request, kind, person)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
def identity(request: HttpRequest) -> HttpResponse:
    """Who has given an identity document, and who has not. With one person only, their document at once."""
    file = requirements.compute(merchant_id=request.merchant.pk, at=timezone.now()).file
    if len(file.people) == 1:
        return ask_for(request, DocumentKind.IDENTITY, file.people[0])
    if request.method == "POST" or not file.people:
        return redirect("merchants:file")
    names = [f"{data.first_names} {data.last_name}" for data in people.read_many(file.people)]
    rows = [
        {
            "person": person,
            "name": name,
            "finding": of_identity(file, person),
            "document": file.document(DocumentKind.IDENTITY, person),
        }
        for person, name in zip(file.people, names, strict=True)
    ]
    return render(request, "merchants/identity.html", {"rows": rows})


def ask_for(request: HttpRequest, kind: DocumentKind, person: Person | None = None) -> HttpResponse:
    """Ask for a document; a refusal stands at its field, dates typed are kept."""
    merchant, now = request.merchant, timezone.now()
    file = requirements.compute(merchant_id=merchant.pk, at=now).file
    current = file.document(kind, person)
    reusable = _reusable(request, current)
    form = FORMS[kind](_sent(request), request.FILES or None, reusable=reusable)

    def save(data: dict[str, Any]) -> None:
        facts = documents.Facts(
            kind, person.pk if person else None, data.get("issued_on"), data.get("expires_on")
        )
        if data["uploads"]:
            first, *more = data["uploads"]
            documents.receive(
                merchant_id=merchant.pk,
                kind=kind,
                file=first.file,
                name=first.name,
                more=more,
                person_id=facts.person_id,
                issued_on=facts.issued_on,
                expires_on=facts.expires_on,
                by=request.user,
                at=now,
            )
            return
        documents.attach(
            merchant_id=merchant.pk, file_ids=[data["existing_id"]], facts=facts, by=request.user, at=now
        )

    name = ""
    if person is not None:
        data = people.read(person)
        name = f"{data.first_names} {data.last_name}"
    return ask(
        request,
        code=documents.REQUIREMENT[kind],
        form=form,
        save=save,
        fields=FIELDS,
        template="merchants/proof.html",
        then="merchants:identity" if _others_miss_theirs(file, kind, person) else "merchants:file",
        current=current,
        about=name,
    )


def _others_miss_theirs(file: requirements.File, kind: DocumentKind, person: Person | None) -> bool:
    """Tell whether somebody else has not given an identity document yet: the list asks for it next."""
    if kind != DocumentKind.IDENTITY:
        return False
    return any(file.document(kind, other) is None for other in file.people if other != person)


def _reusable(request: HttpRequest, current: Any) -> list[Any]:
    """Return the files that may serve here too; those of people, to who leads."""
    found = documents.reusable(merchant_id=request.merchant.pk)
    if request.membership.role not in {Role.OWNER, Role.ADMINISTRATOR}:
        return []
    here = {stored.pk for stored in documents.files_of(current)} if current is not None else set()
    return [stored for stored in found if stored.pk not in here]


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
