"""Comparing the people and companies of merchants with the national register of frozen assets.

A likeness is never a decision: a person clears the homonym, or upholds the match, and says why. Until then,
and while one is upheld, the store does not open (Code monétaire et financier, L562-4).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import ApplicationStatus, MatchState, PartyKind
from merchants.models import Application, Company, FrozenParty, NameMatch, Person
from merchants.services import people
from merchants.services.company import folded

#: From this likeness on somebody is asked.
THRESHOLD: Final = 88
#: What another year of birth takes off the likeness.
OTHER_YEAR: Final = 15
# Words that stand in many names of companies and tell none apart.
_FORMS: Final = frozenset(
    [
        "SA",
        "SAS",
        "SASU",
        "SARL",
        "EURL",
        "SNC",
        "SCI",
        "LTD",
        "LLC",
        "GMBH",
        "CO",
        "COMPANY",
        "SOCIETE",
        "ET",
    ]
)


class NotOpen(Refusal):
    code = "match_not_open"
    default_message = _("A colleague has already said what this match is.")


class ReasonMissing(Refusal):
    code = "match_reason_needed"
    status = 422
    default_message = _("Write how you know: what was compared, and with which document.")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a merchant's file names; ``person_id`` is None for the company itself."""

    person_id: int | None
    name: str
    birth: str


class Index:
    """The listed names, found by words that are the same or one letter off."""

    def __init__(self, parties: Iterable[FrozenParty]) -> None:
        self.parties = {party.pk: party for party in parties}
        self._names: dict[str, set[tuple[int, tuple[str, ...]]]] = defaultdict(set)
        for party in self.parties.values():
            for name in party.names:
                words = _words(name)
                for key in {key for word in words for key in _nearly(word)}:
                    self._names[key].add((party.pk, words))

    def like(self, subject: Subject) -> Iterator[tuple[FrozenParty, int]]:
        """Give the parties whose name is like the subject's, with the likeness in percent."""
        words = _words(folded(subject.name))
        near = {name for word in words for key in _nearly(word) for name in self._names.get(key, ())}
        best: dict[int, int] = defaultdict(int)
        for pk, listed in near:
            best[pk] = max(best[pk], _likeness(words, listed))
        for pk, score in sorted(best.items()):
            party = self.parties[pk]
            # A sole trader's company bears a person's name; no person bears a company's.
            fits_kind = subject.person_id is None or party.kind == PartyKind.PERSON
            years = {birth[:4] for birth in party.births}
            known = bool(subject.birth and years)
            left = score - (OTHER_YEAR if known and subject.birth[:4] not in years else 0)
            if fits_kind and left >= THRESHOLD:
                yield party, left


def index() -> Index:
    """Return the index of the list in force; one query."""
    return Index(FrozenParty.objects.filter(is_listed=True))


@transaction.atomic
def screen(*, application_id: int, at: datetime, listed: Index | None = None) -> int:
    """Compare all that a file names with the list; returns how many matches wait for a person.

    Idempotent. What was cleared stays cleared until the name, the birth or the listed names change.
    """
    application = Application.objects.select_for_update(of=["self"]).get(pk=application_id)
    merchant_id = application.merchant_id
    listed = listed or index()
    known = {(row.person_id, row.party_id): row for row in NameMatch.objects.for_merchant(merchant_id)}
    found = {}
    for subject in _subjects(merchant_id):
        for party, score in listed.like(subject):
            texts = [subject.name, subject.birth, *sorted(party.names), *sorted(party.births)]
            mark = sealed.fingerprint("|".join(texts))
            found[subject.person_id, party.pk] = (score, mark)
    for (person_id, party_id), (score, mark) in found.items():
        row = known.get((person_id, party_id))
        if row is None or row.compared != mark:
            _ask(
                row or NameMatch(merchant_id=merchant_id, person_id=person_id, party_id=party_id),
                score,
                mark,
                at,
            )
    gone = [row.pk for pair, row in known.items() if pair not in found and row.state == MatchState.OPEN]
    NameMatch.objects.filter(pk__in=gone).delete()
    return NameMatch.objects.for_merchant(merchant_id).filter(state=MatchState.OPEN).count()


def screen_everybody(*, at: datetime) -> int:
    """Screen every file that was sent, each in its own transaction; returns how many wait for a person."""
    listed, waiting = index(), 0
    sent = Application.objects.exclude(status=ApplicationStatus.DRAFT).order_by("pk")
    for pk in sent.values_list("pk", flat=True).iterator(chunk_size=1000):
        waiting += screen(application_id=pk, at=at, listed=listed) > 0
    return waiting


@transaction.atomic
def decide(
    *, match_id: int, application_id: int, state: str, reason: str, by: User, at: datetime
) -> NameMatch:
    """Clear a homonym, or uphold the match, with the reason. For a lead reviewer.

    Raises ``ReasonMissing``; ``NotOpen`` when it was decided or is no longer there.
    """
    application = (
        Application.objects.select_for_update(of=["self"]).select_related("merchant").get(pk=application_id)
    )
    rows = NameMatch.objects.for_merchant(application.merchant_id)
    match: NameMatch | None = rows.filter(pk=match_id, state=MatchState.OPEN).first()
    if match is None:
        raise NotOpen
    if not reason.strip():
        raise ReasonMissing
    match.state, match.decided_by, match.decided_at = MatchState(state), by, at
    match.reason = sealed.seal(application.merchant.data_key_id, reason.strip())
    match.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    data = {"state": str(match.state)}
    events.record("application.screened", application, merchant_id=application.merchant_id, by=by, data=data)
    return match


def blocking(merchant_id: int) -> bool:
    """Tell whether a match that nobody cleared keeps the store closed."""
    left = NameMatch.objects.for_merchant(merchant_id).exclude(state=MatchState.CLEARED)
    return left.filter(party__is_listed=True).exists()


def of(merchant_id: int) -> list[tuple[NameMatch, str, str]]:
    """Return the matches of a merchant, open first, with whom they name and why they were decided."""
    return read(rows(merchant_id))


def rows(merchant_id: int) -> QuerySet[NameMatch]:
    """Return the matches of a merchant, to be read together with more."""
    found: QuerySet[NameMatch] = NameMatch.objects.for_merchant(merchant_id)
    return found.select_related("party", "person", "decided_by").order_by("-score", "pk")[:50]


def read(found: Iterable[NameMatch]) -> list[tuple[NameMatch, str, str]]:
    shown = sorted(found, key=lambda row: row.state != MatchState.OPEN)
    reasons = iter(sealed.unseal_many([row.reason for row in shown if row.reason]))
    return [(row, _named(row), next(reasons) if row.reason else "") for row in shown]


def _named(row: NameMatch) -> str:
    if row.person is None:
        return ""
    data = people.read(row.person)
    return f"{data.first_names} {data.last_name}"


def _ask(row: NameMatch, score: int, mark: str, at: datetime) -> None:
    row.score, row.compared, row.found_at, row.state = score, mark, at, MatchState.OPEN
    row.reason = row.decided_by = row.decided_at = None
    row.save()


def _subjects(merchant_id: int) -> list[Subject]:
    found = []
    company = Company.objects.for_merchant(merchant_id).first()
    if company is not None:
        found.append(Subject(None, company.legal_name, ""))
    for person in Person.objects.for_merchant(merchant_id).filter(ended_at=None).order_by("pk"):
        data = people.read(person)
        if data.last_name is not sealed.ERASED:
            found.append(
                Subject(person.pk, f"{data.first_names} {data.last_name}", data.birth_date.isoformat())
            )
    return found


def _words(name: str) -> tuple[str, ...]:
    words = [word for word in name.split() if word not in _FORMS]
    return tuple(sorted(words or name.split()))


def _nearly(word: str) -> set[str]:
    """Return the word and, of a long one, what is left of it without any one letter."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))} if len(word) > 3 else {word}


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how well the words of the shorter name are found in the longer, in percent, by their length.

    A name of one word is like another of one word only: many have a first name in common.
    """
    short, long = sorted((one, other), key=len)
    if not short or (len(short) == 1 and len(long) > 1):
        return 0
    left, total = list(long), 0.0
    for word in short:
        nearest = max(left, key=lambda candidate: SequenceMatcher(None, word, candidate).ratio())
        total += SequenceMatcher(None, word, nearest).ratio() * len(word)
        left.remove(nearest)
    return round(100 * total / sum(map(len, short)))
