"""What the review desk shows and does, apart from how the admin dresses it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.dates import working_hours_between
from core.models import User
from core.web.components.status import State, status
from merchants.admin import beside, sides
from merchants.enums import (
    ApplicationStatus,
    DecisionReason,
    DocumentKind,
    DocumentState,
    MatchState,
    Verdict,
)
from merchants.models import Application, Merchant, RequirementCheck
from merchants.presentation import answers, papers, tasks
from merchants.services import (
    documents,
    requirements,
    review,
    screening,
)
from merchants.services.application import REVIEW_HOURS
from merchants.services.requirements import Answer, Blocks, File, Item
from merchants.services.review import checks, decisions, notes
from merchants.services.review import wording as words

PERMISSION: Final = "merchants.review_application"
LEADS: Final = "merchants.assign_application"
#: What shows data that only some may read, and the right to.
SEALED: Final = {
    "registration_document": "merchants.view_document",
    "statutes": "merchants.view_document",
    "address_proof": "merchants.view_document",
    **dict.fromkeys(answers.PERSONAL, "merchants.view_person"),
    **dict.fromkeys(("bank_account", "bank_proof"), "merchants.view_bankaccount"),
}
ACTS: Final = {
    "take": _("Review this file"),
    "release": _("Put it back into the queue"),
    "take_over": _("Take it over"),
    "assign": _("Give it to me"),
    "check": _("Save what I found"),
    "accept_rest": _("Accept the rest"),
    "take_words": _("Take the register’s words"),
    "request_information": _("Ask for information"),
    "propose": _("Propose to approve"),
    "confirm": _("Confirm the approval"),
    "send_back": _("Send the proposal back"),
    "reject": _("Refuse the file"),
    "note": _("Add the note"),
    "clear_match": _("It is somebody else"),
    "uphold_match": _("It is the frozen party"),
}
#: The right that an act asks for, where it is not ``PERMISSION``.
NEEDS: Final = {
    "assign": LEADS,
    "take_over": LEADS,
    "note": "merchants.add_note",
    "clear_match": "merchants.decide_namematch",
    "uphold_match": "merchants.decide_namematch",
}
CODES: Final = requirements.CODES
TYPED: Final = "merchants.desk.typed"
# Reasons that say why a file is right, not wrong.
_GOOD: Final = frozenset({DecisionReason.COMPLETE})
REASONS: Final = [(value, label) for value, label in DecisionReason.choices if value not in _GOOD]


class DecisionForm(forms.Form):
    """One form for every act: what an act does not need may stay empty."""

    act = forms.ChoiceField(choices=list(ACTS.items()))
    piece = forms.ChoiceField(choices=[(c, c) for c in sorted(CODES)], required=False)
    next = forms.ChoiceField(choices=[(c, c) for c in sorted(CODES)], required=False)
    verdict = forms.ChoiceField(choices=[*Verdict.choices, ("", "")], required=False)
    reason = forms.ChoiceField(choices=DecisionReason, required=False)
    text = forms.CharField(required=False, max_length=4000)
    match = forms.IntegerField(required=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """One requirement on the desk: what the merchant sees of it, what was found, what was answered."""

    item: Item
    check: RequirementCheck | None
    is_unfinished: bool
    lines: list[str]

    @property
    def state(self) -> State:
        """What was found, else where it stands."""
        if self.check is None:
            return State("us", _("To check")) if self.is_unfinished else tasks.state_of(self.item)
        is_accepted = self.check.verdict == Verdict.ACCEPTED
        return State("done", _("Accepted")) if is_accepted else State("fix", _("To correct"))


def act(application_id: int, data: dict[str, Any], *, by: User, at: datetime) -> Any:
    """Call the service that an act names."""
    who: dict[str, Any] = {"application_id": application_id, "by": by, "at": at}
    reason, text = data["reason"], data["text"]
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: review.take(**who),
        "release": lambda: review.release(**who),
        "take_over": lambda: review.take_over(reason=text, **who),
        "assign": lambda: review.assign(to=by, **who),
        "check": lambda: _check(data, who),
        "accept_rest": lambda: review.accept_rest(**who),
        "take_words": lambda: review.take_words(**who),
        "request_information": lambda: review.request_information(text=text, **who),
        "propose": lambda: review.propose(note=text, **who),
        "confirm": lambda: review.confirm(**who),
        "send_back": lambda: review.send_back(text=text, **who),
        "reject": lambda: review.reject(reason=reason or DecisionReason.OTHER, text=text, **who),
        "note": lambda: notes.write(text=text, **who),
        "clear_match": lambda: _decide_match(MatchState.CLEARED, data, who),
        "uphold_match": lambda: _decide_match(MatchState.UPHELD, data, who),
    }
    return calls[data["act"]]()


def _check(data: dict[str, Any], who: dict[str, Any]) -> None:
    match data["verdict"]:
        case Verdict.ACCEPTED:
            review.accept(codes=[data["piece"]], **who)
        case Verdict.TO_CORRECT:
            review.correct(code=data["piece"], reason=data["reason"], text=data["text"], **who)
        case _:
            review.forget(code=data["piece"], **who)


def _decide_match(state: MatchState, data: dict[str, Any], who: dict[str, Any]) -> None:
    screening.decide(match_id=data["match"] or 0, state=state, reason=data["text"], **who)


def keep_typed(request: HttpRequest, pk: int | str, data: dict[str, Any]) -> None:
    """Keep what was typed with an act that was refused, for the page that says so."""
    request.session[TYPED] = {
        "file": pk,
        **{k: data[k] for k in ("act", "piece", "verdict", "reason", "text")},
    }


def typed(request: HttpRequest, pk: int | str) -> dict[str, Any]:
    """Return once what was typed with the act of this file that was refused."""
    kept = request.session.pop(TYPED, None)
    return kept if kept and kept["file"] == pk else {}


def context(
    application: Application, user: User, at: datetime, asked: Mapping[str, str], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the desk shows of one file; ``asked`` is the address's, ``kept`` was typed in vain."""
    around = beside.rows(application, user)
    answer = requirements.compute(merchant_id=application.merchant_id, at=at, also=around.querysets())
    documents.prefetch_files(answer.file.documents)
    pieces = _pieces(answer, around.checks, user)
    chosen = _chosen(pieces, asked.get("piece", ""))
    return {
        "application": application,
        "application_state": tasks.APPLICATION[ApplicationStatus(application.status)],
        "pieces": pieces,
        "unfinished": [piece for piece in pieces if piece.is_unfinished],
        "piece": chosen,
        "next_piece": _after(pieces, chosen),
        **_piece_context(
            application, answer, chosen, user, asked, kept, {row.reason: row.text for row in around.texts}
        ),
        "last_check": answer.file.last_check,
        "age": age(application, at),
        "hold": hold(application, at),
        "acts": acts_for(application, user, at),
        "labels": ACTS,
        "not_ready": answer.blocking(Blocks.OPENING),
        "asked_text": _asked_text(pieces),
        "reasons": REASONS,
        "is_proposer": application.proposed_by_id == user.pk,
        **beside.context(around, answer.file),
        "kept": kept,
    }


def _pieces(answer: Answer, found: dict[str, RequirementCheck], user: User) -> list[Piece]:
    hidden = {code for code, permission in SEALED.items() if not user.has_perm(permission)}
    lines = {row.code: row.lines for row in answers.of(answer, without=hidden)}
    left = {item.code for item in checks.unfinished(answer, found)}
    return [
        Piece(item, found.get(item.code), item.code in left, lines.get(item.code, []))
        for item in answer.items
    ]


def _chosen(pieces: list[Piece], code: str) -> Piece:
    """Return the piece that the address names, else the first to be looked at."""
    named = next((piece for piece in pieces if piece.item.code == code), None)
    return named or next((piece for piece in pieces if piece.is_unfinished), pieces[0])


def _after(pieces: list[Piece], chosen: Piece) -> Piece | None:
    """Return the next piece that nobody looked at yet, after the chosen one and round again."""
    at = pieces.index(chosen)
    return next((p for p in [*pieces[at + 1 :], *pieces[:at]] if p.is_unfinished and p.check is None), None)


def _piece_context(
    application: Application,
    answer: Answer,
    chosen: Piece,
    user: User,
    asked: Mapping[str, str],
    kept: Mapping[str, Any],
    own: Mapping[str, str],
) -> dict[str, Any]:
    code, check = chosen.item.code, chosen.check
    kinds = {kind for kind, wanted in documents.REQUIREMENT.items() if wanted == code}
    compared = sides.of(answer.file, code, with_people=user.has_perm(SEALED["legal_representative"]))
    mine = kept if kept.get("act") == "check" and kept.get("piece") == code else {}
    reason = asked.get("reason") or mine.get("reason") or (check.reason if check else "")
    text = mine.get("text") or (check.text if check and check.reason == reason else "")
    if not text and reason:
        text = _words(application, chosen.item, reason, own)
    return {
        "comparisons": compared,
        "differing": [row for row in compared if row.differs],
        "documents": papers_of(answer.file, kinds or {DocumentKind.REGISTRATION}, user)
        if kinds or code in sides.COMPANY
        else [],
        "verdict": mine.get("verdict")
        or (Verdict.TO_CORRECT if asked.get("reason") else check.verdict if check else ""),
        "reason": reason,
        "text": text,
    }


def papers_of(file: File, kinds: Iterable[str], user: User) -> list[papers.Shown]:
    """Return the documents of these kinds that count, as their pages are shown to this person."""
    wanted = set(kinds)
    live = [d for d in file.documents if d.state != DocumentState.REPLACED and d.kind in wanted]
    return [papers.shown(document, by=user, place=papers.at_desk(document)) for document in live]


def _words(application: Application, item: Item, reason: str, own: Mapping[str, str]) -> str:
    """Return the words of a reason; ``own`` are the marketplace's."""
    merchant = application.merchant
    with_title = words.in_language(merchant.language, item.definition.title)
    template = own.get(reason) or words.ours(merchant.language).get(reason, "")
    return words.fill(template, requirement=with_title, store=merchant.store_name)


def wording(application: Application, asked: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """Return the words of the reason that was chosen, in the merchant's language."""
    answer = requirements.compute(merchant_id=application.merchant_id, at=at)
    item = answer.item(asked.get("piece", ""))
    own = words.own(application.merchant.language)
    return {"text": _words(application, item, asked.get("reason", ""), own) if item else ""}


def _asked_text(pieces: list[Piece]) -> str:
    """Return what a request for information would say now, without an introduction."""
    to_correct = [p for p in pieces if p.check and p.check.verdict == Verdict.TO_CORRECT]
    return decisions.request_text("", [(str(p.item.definition.title), p.check) for p in to_correct])


def age(application: Application, at: datetime) -> dict[str, Any]:
    """Return the working hours used of those of the service level."""
    if application.submitted_at is None or application.due_at is None:
        return {}
    used = working_hours_between(application.submitted_at, at)
    return {"used": used, "of": REVIEW_HOURS, "percent": min(100, int(100 * used / REVIEW_HOURS))}


def hold(application: Application, at: datetime) -> dict[str, Any]:
    """Return who reviews the file, since when, and whether their hold ran out."""
    if application.status != ApplicationStatus.IN_REVIEW:
        return {}
    return {"is_stale": review.is_stale(application, at)}


def acts_for(application: Application, user: User, at: datetime) -> list[str]:
    """Return the acts that this person may try now; the services decide."""
    found = ["note"] if user.has_perm(NEEDS["note"]) else []
    if not user.has_perm(PERMISSION):
        return found
    mine, leads = application.assigned_to_id == user.pk, user.has_perm(LEADS)
    match application.status:
        case ApplicationStatus.SUBMITTED if mine or application.assigned_to_id is None:
            return [*found, "take"]
        case ApplicationStatus.SUBMITTED:
            return [*found, "assign"] if leads else found
        case ApplicationStatus.IN_REVIEW if mine:
            desk = [
                "check",
                "accept_rest",
                "take_words",
                "propose",
                "request_information",
                "reject",
                "release",
            ]
            return [*found, *desk]
        case ApplicationStatus.IN_REVIEW if review.is_stale(application, at):
            return [*found, "take"]
        case ApplicationStatus.IN_REVIEW:
            return [*found, "take_over"] if leads else found
        case ApplicationStatus.PROPOSED:
            own = application.proposed_by_id == user.pk
            return [*found, "reject"] if own else [*found, "confirm", "send_back", "reject"]
        case _:
            return found


def deadline(ends: datetime, at: datetime) -> tuple[str, SafeString]:
    """Return by when a file or a piece must be answered, and whether that is past or near."""
    due = date_format(localtime(ends), "SHORT_DATETIME_FORMAT")
    left = working_hours_between(at, ends)
    if ends <= at:
        return due, status("late", _("Late"))
    return due, status("soon", _("Soon late")) if left <= REVIEW_HOURS / 4 else SafeString("")


def hands(application: Application, at: datetime) -> str:
    """Return who reviews a file, and since when."""
    if application.assigned_to is None:
        return "–"
    if application.status != ApplicationStatus.IN_REVIEW:
        return str(application.assigned_to)
    since = date_format(localtime(application.held_since), "SHORT_DATETIME_FORMAT")
    told = (
        _("%(person)s, hold run out") if review.is_stale(application, at) else _("%(person)s since %(since)s")
    )
    return told % {"person": application.assigned_to, "since": since}


def name_of(merchant: Merchant) -> str:
    """Return the store's name, else the company's."""
    company = getattr(merchant, "company", None)
    return merchant.store_name or (company.legal_name if company else str(merchant.public_id))


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Return those that are identifiers."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
