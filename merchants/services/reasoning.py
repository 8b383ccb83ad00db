"""The sentences of a statement of reasons, in the active language. Each rule names where it stands."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_countries import countries

from merchants.enums import (
    AutomatedMeans,
    MeasureGround,
    MeasureKind,
    MeasureSource,
    NoticeException,
    RestrictedCapability,
)
from merchants.models import Measure
from merchants.models.measures import NOTICE

#: How a letter writes a day, in both languages.
DAY: Final = "j F Y"
#: At least six months (DSA, article 20, paragraph 1): no six months have more days.
APPEAL_WITHIN: Final = timedelta(days=184)
#: In working days; without undue delay (DSA, article 20, paragraph 4).
DECIDE_WITHIN: Final = 15
#: How long a closed store is read by its members; what article 9 of P2B wants said.
ACCESS_AFTER: Final = timedelta(days=184)


def appeal_until(measure: Measure) -> datetime:
    """Return until when the merchant may appeal; counted from the statement."""
    return (measure.confirmed_at or measure.created_at) + APPEAL_WITHIN


def title(measure: Measure) -> str:
    """Return what the decision is called."""
    match measure.kind:
        case MeasureKind.RESTRICTION:
            return _("Restriction of your store: statement of reasons")
        case MeasureKind.SUSPENSION:
            return _("Suspension of your store: statement of reasons")
        case MeasureKind.TERMINATION:
            return _("End of our agreement: statement of reasons")
        case _:
            return _("Refusal to open your store: statement of reasons")


def decision(measure: Measure) -> list[str]:
    """Say what was decided, and from when."""
    when = {"start": moment(measure.starts_at)}
    match measure.kind, measure.capability:
        case MeasureKind.SUSPENSION, _capability:
            text = _("We suspend your store from %(start)s: your offers are withdrawn from sale.") % when
        case MeasureKind.TERMINATION, _capability:
            return [
                _("We end our agreement with you on %(start)s: your store closes then.") % when,
                _notice(measure),
            ]
        case MeasureKind.REFUSAL, _capability:
            text = _("We have examined your file and we refuse to open your store.")
        case _kind, RestrictedCapability.MARKET:
            text = _("From %(start)s you no longer sell in this market: %(market)s.") % {
                **when,
                "market": countries.name(measure.country),
            }
        case _kind, RestrictedCapability.PAYOUTS:
            text = _("From %(start)s your payouts are held.") % when
        case _:
            text = _("From %(start)s you can no longer publish products; those on sale stay so.") % when
    return [text]


def origin(measure: Measure) -> list[str]:
    """Say how the facts came to us, and what machines had to do with it (DSA, article 17(3)(b) and (c))."""
    sources = {
        MeasureSource.OWN_INITIATIVE: _("These facts come from our own checks."),
        MeasureSource.NOTICE: _("These facts were brought to us by a notice (DSA, article 16)."),
        MeasureSource.TRUSTED_FLAGGER: _(
            "These facts were brought to us by the notice of a trusted flagger (DSA, article 22)."
        ),
        MeasureSource.AUTHORITY: _("These facts were brought to us by an authority."),
    }
    if measure.automated_means == AutomatedMeans.NONE:
        machines = _("No automated means were used, neither to find the facts nor to decide.")
    else:
        machines = _("Automated means were used to find the facts. The decision was taken by people.")
    return [sources[MeasureSource(measure.source)], machines]


def ground(measure: Measure, clause_title: str) -> list[str]:
    """Say on what the decision rests and why the facts fall under it (DSA, article 17(3)(d) and (e))."""
    reason = measure.get_reason_display()
    if measure.ground == MeasureGround.LAW:
        return [
            _("The decision rests on the law: %(reference)s.") % {"reference": measure.legal_reference},
            _("The facts above fall under it for this reason: %(reason)s.") % {"reason": _lower(reason)},
        ]
    words = {
        "clause": measure.clause,
        "title": clause_title,
        "version": measure.agreement.version if measure.agreement else "",
    }
    named = (
        _(
            "The decision rests on article %(clause)s of the seller agreement (“%(title)s”), version "
            "%(version)s."
        )
        if clause_title
        else _("The decision rests on the seller agreement, version %(version)s: %(clause)s.")
    )
    lines = [named % words, _("The facts above breach it: %(reason)s.") % {"reason": _lower(reason)}]
    if measure.legal_reference:
        lines.append(_("See also: %(reference)s.") % {"reference": measure.legal_reference})
    return lines


def scope(measure: Measure) -> list[list[str]]:
    """Return territory, duration and what else is held (DSA, article 17(3)(a))."""
    territory = countries.name(measure.country) if measure.country else _("All markets")
    if measure.kind in {MeasureKind.TERMINATION, MeasureKind.REFUSAL}:
        end = _("No end date")
    elif measure.ends_at is None:
        end = _("Until we lift it, once its cause has ceased")
    else:
        end = moment(measure.ends_at)
    rows = [
        [_("Territory"), str(territory)],
        [_("Takes effect"), moment(measure.starts_at)],
        [_("Ends"), end],
    ]
    if measure.kind != MeasureKind.REFUSAL:
        held = measure.holds_payouts or measure.capability == RestrictedCapability.PAYOUTS
        rows.append([_("Payouts"), _("Held while the measure lasts") if held else _("Not affected")])
    return rows


def remains(measure: Measure) -> list[str]:
    """Say what the merchant may and must still do, and what becomes of its data (P2B, article 9)."""
    if measure.kind == MeasureKind.REFUSAL:
        return [
            _(
                "Your file stays readable in the portal, with all that you gave us and all that we wrote "
                "to you."
            ),
            _("We keep its data for the time that the law sets, then we delete them."),
        ]
    running = _("Orders already placed are to be sent, and returns and refunds dealt with, as usual.")
    if measure.kind != MeasureKind.TERMINATION:
        return [running, _("Your catalogue, your orders and your data stay open to you in the portal.")]
    until = date_format(timezone.localtime((measure.starts_at or measure.created_at) + ACCESS_AFTER), DAY)
    return [
        running,
        _(
            "Until %(until)s the members of your team may read and export your data in the portal. The "
            "access "
            "of connected systems ends when the store closes. Afterwards we keep only what the law obliges "
            "us "
            "to keep."
        )
        % {"until": until},
        _("What we owe you is paid to your bank account once running orders and returns are settled."),
    ]


def redress(measure: Measure) -> list[str]:
    """Say how to contest: complaint, mediation, out-of-court body, court (DSA, 20 and 21; P2B, 11 and 12)."""
    until = date_format(timezone.localtime(appeal_until(measure)), DAY)
    lines = [
        _(
            "You may appeal free of charge until %(until)s, in the portal, from the page of this decision, "
            "and "
            "join documents. Somebody who took no part in the decision examines your appeal, not by "
            "automated "
            "means alone, and answers with reasons within %(days)d working days. If you are right, the "
            "measure ends at once and what it took is given back."
        )
        % {"until": until, "days": DECIDE_WITHIN},
        _("You may also turn to one of the mediators named below: we take part in good faith."),
    ]
    if settings.REDRESS["dispute_body"]:
        lines.append(
            _(
                "You may submit the dispute to an out-of-court dispute settlement body: %(body)s (DSA, "
                "article 21)."
            )
            % {"body": settings.REDRESS["dispute_body"]}
        )
    else:
        lines.append(
            _(
                "You may submit the dispute to any out-of-court dispute settlement body certified under "
                "article 21 of the DSA; the European Commission publishes their list."
            )
        )
    lines.append(
        _("At any time you may bring the matter before the competent court (%(court)s).")
        % {"court": settings.REDRESS["court"]}
    )
    return lines


def moment(at: datetime | None) -> str:
    """Write a moment, on the clock of Paris."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return _("%(day)s at %(time)s") % {
        "day": date_format(local, DAY),
        "time": date_format(local, "H:i"),
    }


def _notice(measure: Measure) -> str:
    """Say that thirty days are kept, or which exception is relied on (P2B, article 4(2) and (4))."""
    match measure.notice_exception:
        case NoticeException.LEGAL_OBLIGATION:
            why = _(
                "a legal obligation does not let us keep the notice (P2B, article 4, paragraph 4, point a)"
            )
        case NoticeException.NATIONAL_LAW:
            why = _(
                "we exercise a right to end the agreement for an imperative reason of national law (P2B, "
                "article 4, paragraph 4, point b)"
            )
        case NoticeException.REPEATED_INFRINGEMENT:
            why = _(
                "you have repeatedly infringed the agreement, and this has led us to end it (P2B, article 4, "
                "paragraph 4, point c)"
            )
        case _:
            return _("This letter is your notice of %(days)d days (P2B, article 4, paragraph 2).") % {
                "days": NOTICE.days
            }
    return _("The notice of %(days)d days does not apply: %(why)s.") % {"days": NOTICE.days, "why": why}


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
