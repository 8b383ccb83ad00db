"""The portal's frame for who acts for a merchant: name, state, switcher, what is locked and why."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web import frame
from merchants.enums import ApplicationStatus, MerchantStatus, Role
from merchants.models import Merchant, Notification, Requirement
from merchants.presentation import due
from merchants.services.requirements import Blocks

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
        banner=_banner(merchant),
        notifications_url=notifications_url,
        unread=unread,
    )


def _banner(merchant: Merchant) -> frame.Banner | None:
    """Return what blocks the merchant; while onboarding, the file's own state."""
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
        what
        for publication, payout in rows.values_list("publication_held_from", "payout_held_from")
        for what, since in ((Blocks.PUBLICATION, publication), (Blocks.PAYOUT, payout))
        if since is not None and since <= now
    }
    if not held:
        return None
    return frame.Banner(shape="late", text=due.held(held), url=reverse("merchants:file"), link=_("My file"))


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


frame.provide(describe)
