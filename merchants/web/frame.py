"""The portal's frame for who acts for a merchant: name, state, switcher, what is locked and why."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.web import frame
from merchants.enums import (
    ApplicationStatus,
    MeasureKind,
    MeasureStatus,
    MerchantStatus,
    RequirementState,
    Role,
)
from merchants.models import Measure, Membership, Merchant, Notification, Requirement
from merchants.presentation import due, measures
from merchants.services.requirements import Blocks
from merchants.web.middleware import KNOWN

STATES = {
    MerchantStatus.ONBOARDING: ("todo", _("Not open yet")),
    MerchantStatus.ACTIVE: ("done", _("Online")),
    MerchantStatus.RESTRICTED: ("warn", _("Restricted")),
    MerchantStatus.SUSPENDED: ("late", _("Suspended")),
    MerchantStatus.CLOSED: ("off", _("Closed")),
}
BANNERS = {
    MerchantStatus.RESTRICTED: frame.Banner(
        shape="warn",
        text=_("Your store is restricted. Your file says why, what remains possible and how to appeal."),
    ),
    MerchantStatus.SUSPENDED: frame.Banner(
        shape="late",
        text=_("Your store is suspended. Your file says why, what remains possible and how to appeal."),
    ),
    MerchantStatus.CLOSED: frame.Banner(
        shape="off", text=_("This store is closed. You may still read everything.")
    ),
}


def describe(request: HttpRequest) -> frame.Frame | None:
    """Describe the frame of a request; None for who belongs to no merchant."""
    merchant = getattr(request, "merchant", None)
    membership = getattr(request, "membership", None)
    if merchant is None or membership is None:
        return None
    shape, word = STATES[MerchantStatus(merchant.status)]
    notifications_url = _url("merchants:notifications")
    unread = (
        Notification.objects.for_merchant(merchant).filter(read_at=None).count() if notifications_url else 0
    )
    return frame.Frame(
        name=merchant.store_name or str(_("My store")),
        shape=shape,
        word=word,
        role=membership.role,
        role_word=membership.get_role_display(),
        sees_all=membership.role in {Role.OWNER, Role.ADMINISTRATOR},
        is_locked=merchant.status == MerchantStatus.ONBOARDING,
        lock_reason=_("Opens when your file is approved. Meanwhile, prepare your catalogue."),
        choices=[
            frame.Choice(
                value=str(one.merchant.public_id),
                name=one.merchant.store_name or str(_("My store")),
                is_current=one.pk == membership.pk,
            )
            for one in request.memberships  # type: ignore[attr-defined]
        ],
        switch_url=reverse("merchants:switch"),
        banner=_banner(merchant, membership),
        notifications_url=notifications_url,
        unread=unread,
    )


def _banner(merchant: Merchant, membership: Membership) -> frame.Banner | None:
    """Return what blocks the merchant: a measure; what its file holds; while onboarding, the file's state."""
    if getattr(membership, "has_measure", False) and (told := _of_measure(merchant)):
        return told
    if merchant.status == MerchantStatus.ACTIVE:
        return _held_banner(merchant)
    if merchant.status != MerchantStatus.ONBOARDING:
        return BANNERS.get(MerchantStatus(merchant.status))
    url, link = reverse("merchants:file"), _("My file")
    match merchant.application.status:
        case ApplicationStatus.INFORMATION_REQUESTED:
            text = _("We need something from you before we can open your store.")
            return frame.Banner(shape="fix", text=text, url=url, link=link)
        case ApplicationStatus.REJECTED:
            return frame.Banner(shape="late", text=_("Your file was refused."), url=url, link=link)
    return None


def _held_banner(merchant: Merchant) -> frame.Banner | None:
    """Return what the merchant's file holds now."""
    now = timezone.now()
    rows = Requirement.objects.for_merchant(merchant).filter(
        Q(publication_held_from__lte=now) | Q(payout_held_from__lte=now)
    )
    held = {
        (what, state)
        for publication, payout, state in rows.values_list(
            "publication_held_from", "payout_held_from", "state"
        )
        for what, since in ((Blocks.PUBLICATION, publication), (Blocks.PAYOUT, payout))
        if since is not None and since <= now
    }
    if not held:
        return None
    by_us = all(state == RequirementState.PENDING_VERIFICATION for _what, state in held)
    return frame.Banner(
        shape="us" if by_us else "late",
        text=due.held((what for what, _state in held), by_us=by_us),
        url=reverse("merchants:file"),
        link=_("Compliance"),
    )


def _of_measure(merchant: Merchant) -> frame.Banner | None:
    """Tell the strictest measure in force, else the next one announced; with the way to its page."""
    found = Measure.objects.for_merchant(merchant).filter(status__in=KNOWN)
    order = [MeasureKind.TERMINATION, MeasureKind.SUSPENSION, MeasureKind.REFUSAL, MeasureKind.RESTRICTION]
    measure = min(
        found,
        key=lambda m: (m.status != MeasureStatus.IN_FORCE, order.index(m.kind), m.starts_at),
        default=None,
    )
    if measure is None:
        return None
    shape, now, later = measures.BANNER[MeasureKind(measure.kind)]
    day = date_format(timezone.localtime(measure.starts_at), "DATE_FORMAT")
    text = str(now) if measure.status == MeasureStatus.IN_FORCE else str(later) % {"day": day}
    url = reverse("merchants:measure", args=[measure.public_id])
    return frame.Banner(shape=shape, text=text, url=url, link=_("Read why, and how to appeal"))


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


frame.provide(describe)
