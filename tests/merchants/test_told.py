"""Who is told what, when a file is sent and decided."""

from django.core import mail
from django.utils import timezone

from core.services import events, jobs
from merchants.enums import Role
from merchants.models import Notification
from merchants.services import notifications, review, team
from tests.merchants import steps


def deliver():
    events.relay_all()
    jobs.run_pending()


def test_an_approval_is_told_once_in_the_portal_and_by_mail(owner, merchant, maker, checker, make_member):
    english = make_member(Role.ADMINISTRATOR)
    english.language = "en"
    english.save()
    make_member(Role.ORDERS)
    steps.submit(merchant, owner, timezone.now())
    steps.approve(merchant, maker, checker, timezone.now())
    for _ in range(2):
        deliver()

    told = Notification.objects.for_merchant(merchant).filter(kind="merchant.approved")
    assert [notifications.text_of(line) for line in told] == [
        "Votre dossier est approuvé et votre boutique est ouverte."
    ]
    sent = {(m.to[0], m.subject) for m in mail.outbox}
    assert (owner.email, "Votre boutique est ouverte") in sent
    assert (english.email, "Your store is open") in sent
    assert len(mail.outbox) == 4  # received, then approved, to two people
    assert all(m.alternatives for m in mail.outbox)


def test_the_reviewers_words_are_in_the_mail(owner, merchant, maker):
    steps.submit(merchant, owner, timezone.now())
    steps.take(merchant, maker, timezone.now())
    text = "Il manque l’adresse d’un bureau : envoyez un extrait complet & lisible."
    review.request_information(
        application_id=merchant.application.pk,
        codes=["registration_document"],
        reason="other",
        text=text,
        by=maker,
        at=timezone.now(),
    )
    deliver()

    assert text in mail.outbox[-1].body


def test_an_invitation_is_mailed_and_joins_once(owner, merchant, make_user, sign_in):
    team.invite(
        merchant_id=merchant.pk, email="Lou@example.fr", role=Role.ORDERS, by=owner, at=timezone.now()
    )
    deliver()
    link = next(word for word in mail.outbox[-1].body.split() if "/team/join/" in word)
    path = "/" + link.split("/", 3)[3]
    lou, other = make_user("lou@example.fr"), make_user("other@example.fr")

    assert sign_in(other).post(path).status_code == 403
    client = sign_in(lou)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302

    membership = merchant.memberships.get(user=lou)
    assert membership.role == Role.ORDERS
    assert client.post(path).status_code == 410
