"""The list of one's sessions: which device, from where, since when; ending one, or all others."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from core.models import User
from core.services import sessions
from core.web import devices
from tests.web.personas import person

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def claire() -> User:
    return person("claire@example.org")


def signed_in(user: User, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": user.email, "password": "une-phrase-longue"})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_each_session_names_its_device_and_address(claire):
    here = signed_in(claire)
    signed_in(claire, IPHONE, "198.51.100.9")

    shown = here.get(PAGE).content.decode()

    assert "Firefox, Windows" in shown and "192.0.2.7" in shown
    assert "Safari, iPhone" in shown and "198.51.100.9" in shown
    assert shown.count("Cette session") == 1


def test_one_session_is_ended_and_the_others_go_on(claire):
    here, phone, shop = signed_in(claire), signed_in(claire, IPHONE), signed_in(claire)

    answer = here.post(PAGE, {"session": row_of(phone).pk}, follow=True)

    assert "Session fermée." in answer.content.decode()
    assert [is_signed_in(one) for one in (here, phone, shop)] == [True, False, True]


def test_all_others_are_ended(claire):
    here, phone, shop = signed_in(claire), signed_in(claire, IPHONE), signed_in(claire)

    answer = here.post(PAGE, {"session": "others"}, follow=True)

    assert "2 autres sessions fermées." in answer.content.decode()
    assert [is_signed_in(one) for one in (here, phone, shop)] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else(claire):
    here, theirs = signed_in(claire), signed_in(person("hugo@example.org"))

    for session in (row_of(theirs).pk, "", "-1", "²", "9" * 30, "x"):
        here.post(PAGE, {"session": session})
    here.post(PAGE, {"session": "others"})

    assert is_signed_in(theirs)


def test_the_present_session_is_ended_by_signing_out_only(claire):
    here = signed_in(claire)

    here.post(PAGE, {"session": row_of(here).pk})

    assert is_signed_in(here)
    with pytest.raises(sessions.PresentSession):
        sessions.end(user_id=claire.pk, session_id=row_of(here).pk, present_key=here.session.session_key)


def test_a_new_password_leaves_only_the_session_that_chose_it(claire):
    here, phone = signed_in(claire), signed_in(claire, IPHONE)
    new = {
        "oldpassword": "une-phrase-longue",
        "password1": "une-autre-phrase",
        "password2": "une-autre-phrase",
    }

    here.post("/accounts/password/change/", new)

    claire.refresh_from_db()
    assert [row.session_key for row in sessions.live(claire)] == [here.session.session_key]
    assert not is_signed_in(phone)


def test_the_list_costs_the_same_with_one_session_and_with_three(claire, django_assert_max_num_queries):
    here, counts = signed_in(claire), []
    for _more in range(3):
        here.get(PAGE)
        with django_assert_max_num_queries(12) as queries:
            here.get(PAGE)
        counts.append(len(queries))
        signed_in(claire, IPHONE)

    assert len(set(counts)) == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (IPHONE, "Safari, iPhone"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", "Chrome, Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Edg/140.0", "Edge, Windows"),
        (f"Mozilla/5.0 (Linux; Android 15) {CHROME} Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17 Safari/605", "Safari, macOS"),
        ("curl/8.14", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_devices_are_named_as_their_owners_know_them(agent, name):
    assert devices.name(agent) == name
