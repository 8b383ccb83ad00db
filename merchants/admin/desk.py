"""What the review desk shows and does, apart from how the admin dresses it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from core.dates import working_hours_between
from core.models import User
from merchants.enums import ApplicationStatus, DecisionReason, DocumentState
from merchants.models import Application, Decision, Merchant
from merchants.presentation import answers, papers, tasks
from merchants.services import company as companies
from merchants.services import people, requirements, review
from merchants.services.requirements import Blocks, File

PERMISSION: Final = "merchants.review_application"
SERVICE_HOURS: Final = tasks.REVIEW_HOURS
#: What shows data that only some may read, and the right to.
SEALED: Final = {
    "registration_document": "merchants.view_document",
    "legal_representative": "merchants.view_person",
    "bank_account": "merchants.view_bankaccount",
}
ACTS: Final = {
    "take": _("Review this file"),
    "accept": _("Accept what is ticked"),
    "accept_rest": _("Accept the rest"),
    "request_information": _("Ask for information"),
    "propose": _("Propose to approve"),
    "confirm": _("Confirm the approval"),
    "send_back": _("Send the proposal back"),
    "reject": _("Refuse the file"),
    "assign": _("Give it to me"),
}


class DecisionForm(forms.Form):
    """One form for every act: what an act does not need may stay empty."""

    act = forms.ChoiceField(choices=list(ACTS.items()))
    reason = forms.ChoiceField(choices=DecisionReason, required=False)
    text = forms.CharField(required=False, max_length=4000)
    codes = forms.MultipleChoiceField(
        choices=[(d.code, d.title) for d in requirements.DEFINITIONS], required=False
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact, as declared and as registered."""

    label: Any
    declared: str
    registered: str

    @property
    def differs(self) -> bool:
        return bool(self.registered) and companies.folded(self.declared) != companies.folded(self.registered)


def act(application_id: int, data: dict[str, Any], *, by: User, at: datetime) -> Any:
    """Call the service that an act names."""
    who: dict[str, Any] = {"application_id": application_id, "by": by, "at": at}
    reason, text = data["reason"] or DecisionReason.OTHER, data["text"]
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: review.take(**who),
        "request_information": lambda: review.request_information(
            codes=data["codes"], reason=reason, text=text, **who
        ),
        "accept": lambda: review.accept(codes=data["codes"], **who),
        "accept_rest": lambda: review.accept_rest(**who),
        "propose": lambda: review.propose(note=text, **who),
        "confirm": lambda: review.confirm(**who),
        "send_back": lambda: review.send_back(text=text, **who),
        "reject": lambda: review.reject(reason=reason, text=text, **who),
        "assign": lambda: review.assign(to=by, **who),
    }
    return calls[data["act"]]()


def context(application: Application, user: User, at: datetime) -> dict[str, Any]:
    """Return what the desk shows of one file."""
    answer = requirements.compute(merchant_id=application.merchant_id, at=at)
    hidden = {code for code, permission in SEALED.items() if not user.has_perm(permission)}
    lines = {row.code: row.lines for row in answers.of(answer) if row.code not in hidden}
    sees_people = "legal_representative" not in hidden
    decisions = Decision.objects.filter(application=application).select_related("decided_by").order_by("-pk")
    hours = working_hours_between(application.submitted_at, at) if application.submitted_at else 0
    return {
        "application": application,
        "application_state": tasks.APPLICATION[ApplicationStatus(application.status)],
        "checklist": [(item, tasks.state_of(item), lines.get(item.code, [])) for item in answer.items],
        "comparisons": comparisons(answer.file, with_people=sees_people),
        "documents": documents(answer.file, user),
        "last_check": answer.file.last_check,
        "decisions": decisions,
        "hours": hours,
        "service_hours": SERVICE_HOURS,
        "acts": acts_for(application, user),
        "not_ready": answer.blocking(Blocks.OPENING),
        "reasons": DecisionReason.choices,
        "is_proposer": application.proposed_by_id == user.pk,
    }


def documents(file: File, user: User) -> list[papers.Shown]:
    """Return the documents that count, as their pages are shown to this person."""
    live = [document for document in file.documents if document.state != DocumentState.REPLACED]
    prefetch_related_objects(live, "parts__stored")
    return [papers.shown(document, by=user, place=papers.at_desk(document)) for document in live]


def acts_for(application: Application, user: User) -> list[str]:
    """Return the acts that this person may try now; the services decide."""
    if not user.has_perm(PERMISSION):
        return []
    mine = application.assigned_to_id == user.pk
    match application.status:
        case ApplicationStatus.SUBMITTED:
            return ["take"]
        case ApplicationStatus.IN_REVIEW if mine:
            return ["accept", "accept_rest", "propose", "request_information", "reject"]
        case ApplicationStatus.IN_REVIEW:
            return ["assign"] if user.has_perm("merchants.assign_application") else []
        case ApplicationStatus.PROPOSED:
            return ["reject"] if application.proposed_by_id == user.pk else ["confirm", "send_back", "reject"]
        case _:
            return []


def comparisons(file: File, *, with_people: bool) -> list[Comparison]:
    """Return the facts of the company, declared beside registered; its representative where asked."""
    company, found = file.company, file.registered
    if company is None:
        return []
    place = found.establishment(company.siret) if found else None
    officer = next((o for o in found.officers if o.is_person), None) if found else None
    person = people.read(file.representatives[0]) if with_people and file.representatives else None
    facts = [
        Comparison(_("Legal name"), company.legal_name, found.legal_name if found else ""),
        Comparison("SIREN", company.siren, found.siren if found else ""),
        Comparison("SIRET", company.siret, place.siret if place else ""),
        Comparison(_("Number and street"), company.street, place.street if place else ""),
        Comparison(
            _("Town"),
            f"{company.postcode} {company.city}",
            f"{place.postcode} {place.city}" if place else "",
        ),
        Comparison(_("Legal form"), company.legal_form_code, found.legal_form_code if found else ""),
        Comparison(_("Activity (NAF)"), company.naf_code, found.naf_code if found else ""),
    ]
    if with_people:
        representative = Comparison(
            _("Legal representative"),
            f"{person.first_names} {person.last_name}" if person else "",
            f"{officer.first_names} {officer.last_name}" if officer else "",
        )
        facts.append(representative)
    return facts


def name_of(merchant: Merchant) -> str:
    """Return the store's name, else the company's."""
    company = getattr(merchant, "company", None)
    return merchant.store_name or (company.legal_name if company else str(merchant.public_id))
