import uuid

from merchants.models import Notification
from merchants.services import notifications
from tests.merchants.conftest import AT


def test_the_same_event_is_told_once(merchant):
    event_id = uuid.uuid4()

    for _ in range(2):
        notifications.notify(merchant_id=merchant.pk, kind="x.y", data={"n": 1}, event_id=event_id)

    assert [(n.kind, n.data) for n in Notification.objects.for_merchant(merchant)] == [("x.y", {"n": 1})]


def test_a_line_is_said_in_the_words_registered_for_its_kind(merchant):
    notifications.register("test.count", "%(count)s orders wait")
    notifications.notify(merchant_id=merchant.pk, kind="test.count", data={"count": 3})

    assert notifications.text_of(Notification.objects.get()) == "3 orders wait"


def test_mark_read_touches_unread_lines_of_this_merchant_only(merchant, make_user):
    from merchants.services import signup

    other = signup.open_file(user_id=make_user().pk, at=AT)
    for one in (merchant, other):
        notifications.notify(merchant_id=one.pk, kind="x.y")

    assert notifications.mark_read(merchant_id=merchant.pk, at=AT) == 1
    assert Notification.objects.for_merchant(other).get().read_at is None
