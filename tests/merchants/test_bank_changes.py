"""An open store changes its account: second factor, two people, payouts held, every owner told."""

import io
import threading

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import sealed
from core.services import events, jobs
from merchants.enums import DocumentState, Role
from merchants.models import BankAccount, Document
from merchants.services import bank, bank_changes, documents, files, requirements, signup
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.web import personas

NEW = "DE89370400440532013000"
URL = "merchants:bank_change"


@pytest.fixture
def store(merchant, owner, maker, checker):
    steps.submit(merchant, owner, AT)
    steps.approve(merchant, maker, checker, AT)
    merchant.refresh_from_db()
    return merchant


def ask(store, by, iban=NEW):
    return bank_changes.ask(
        merchant_id=store.pk,
        iban=iban,
        holder="Savonnerie Perdrelle",
        proof=steps.pdf(),
        proof_name="rib.pdf",
        by=by,
        at=AT,
    )


def states(store):
    return list(BankAccount.objects.for_merchant(store).order_by("pk").values_list("iban_hint", "state"))


OLD_HINT, NEW_HINT = "FR76 … 0189", "DE89 … 3000"


def test_an_approved_file_names_the_two_who_confirmed_its_account(store, maker, checker):
    account = BankAccount.objects.get()

    assert (account.state, account.proposed_by, account.decided_by) == ("confirmed", maker, checker)
    assert bank.payouts_held(store.pk) is None
    assert bank.payable_account(store.pk) == account


def test_a_change_holds_payouts_and_leaves_the_old_account(store, owner):
    account = ask(store, owner)

    assert states(store) == [(OLD_HINT, "confirmed"), (NEW_HINT, "pending")]
    assert sealed.unseal(account.iban) == NEW
    assert account.proof.kind == "bank_proof"
    assert bank.payouts_held(store.pk) == bank.PayoutHold("account_changes", AT)
    assert bank.payable_account(store.pk) is None


def test_two_different_people_put_it_in_force(store, owner, maker, checker):
    account = ask(store, owner)

    bank_changes.confirm(account_id=account.pk, by=maker, at=AT)
    with pytest.raises(bank_changes.SamePerson):
        bank_changes.confirm(account_id=account.pk, by=maker, at=AT)
    assert states(store)[1] == (NEW_HINT, "pending")
    bank_changes.confirm(account_id=account.pk, by=checker, at=AT)

    assert states(store) == [(OLD_HINT, "replaced"), (NEW_HINT, "confirmed")]
    assert bank.payouts_held(store.pk) is None
    assert Document.objects.get(pk=account.proof_id).state == DocumentState.ACCEPTED
    with pytest.raises(bank_changes.NothingToDecide):
        bank_changes.confirm(account_id=account.pk, by=maker, at=AT)


def test_a_refused_change_says_why_and_payouts_go_on(store, owner, maker):
    account = ask(store, owner)

    with pytest.raises(bank_changes.ReasonNeeded):
        bank_changes.refuse(account_id=account.pk, text="  ", by=maker, at=AT)
    bank_changes.refuse(account_id=account.pk, text="Le RIB est au nom d’un tiers.", by=maker, at=AT)

    assert states(store) == [(OLD_HINT, "confirmed"), (NEW_HINT, "refused")]
    assert bank.payouts_held(store.pk) is None
    assert bank.payable_account(store.pk).iban_hint == OLD_HINT


def test_the_merchant_cancels_and_may_ask_again(store, owner):
    ask(store, owner)
    with pytest.raises(bank_changes.ChangeUnderWay):
        ask(store, owner)

    bank_changes.cancel(merchant_id=store.pk, by=owner, at=AT)
    with pytest.raises(bank_changes.NothingToDecide):
        bank_changes.cancel(merchant_id=store.pk, by=owner, at=AT)
    ask(store, owner)

    assert [state for _hint, state in states(store)] == ["confirmed", "cancelled", "pending"]


@pytest.mark.parametrize(
    ("iban", "refusal"),
    [
        (steps.IBAN, bank_changes.SameAccount),
        ("FR76", bank.WrongIban),
        ("BR1800360305000010009795493C1", bank.OutsideSepa),
    ],
)
def test_a_change_that_cannot_be_leaves_nothing(store, owner, iban, refusal):
    with pytest.raises(refusal):
        ask(store, owner, iban)

    assert states(store) == [(OLD_HINT, "confirmed")]
    assert bank.payouts_held(store.pk) is None


def test_a_proof_that_cannot_be_read_refuses_the_change_whole(store, owner):
    with pytest.raises(documents.DocumentRefused):
        bank_changes.ask(
            merchant_id=store.pk,
            iban=NEW,
            holder="X",
            proof=io.BytesIO(b"GIF89a nothing"),
            proof_name="rib.gif",
            by=owner,
            at=AT,
        )

    assert states(store) == [(OLD_HINT, "confirmed")]


def test_the_proof_of_a_change_that_came_to_nothing_says_nothing_of_the_account_before(store, owner, maker):
    def proof_state():
        return requirements.compute(merchant_id=store.pk, at=AT).item("bank_proof").state

    assert proof_state() == "satisfied"
    ask(store, owner)
    assert proof_state() == "pending_verification"
    bank_changes.cancel(merchant_id=store.pk, by=owner, at=AT)
    assert proof_state() == "satisfied"

    account = ask(store, owner)
    bank_changes.refuse(account_id=account.pk, text="Autre titulaire.", by=maker, at=AT)

    assert proof_state() == "satisfied"
    assert bank.payouts_held(store.pk) is None


def test_before_the_store_opens_the_account_is_part_of_the_file(merchant, owner):
    with pytest.raises(bank_changes.StoreNotOpen):
        ask(merchant, owner)


def test_an_open_store_does_not_add_an_account_by_the_file(store, owner):
    with pytest.raises(files.FileClosed):
        bank.add(merchant_id=store.pk, iban=NEW, holder="X", by=owner, at=AT)


def test_the_database_wants_two_people(store, maker):
    with pytest.raises(IntegrityError, match="checker_is_not_maker"):
        BankAccount.objects.for_merchant(store).update(proposed_by=maker, decided_by=maker)


def test_the_file_is_locked_before_the_account_is_read(store, owner, maker):
    account = ask(store, owner)

    with CaptureQueriesContext(connection) as queries:
        bank_changes.confirm(account_id=account.pk, by=maker, at=AT)

    locks = [q["sql"] for q in queries if "FOR UPDATE" in q["sql"]]
    assert "merchants_application" in locks[0]
    assert "merchants_bankaccount" in locks[1]


@pytest.mark.django_db(transaction=True)
def test_of_a_refusal_and_a_confirmation_at_once_one_is_told(store, owner, maker, checker, make_user):
    account = ask(store, owner)
    bank_changes.confirm(account_id=account.pk, by=maker, at=AT)
    third = make_user("third@passerelle.example", is_staff=True)
    start, told = threading.Barrier(2), []

    def act(call):
        try:
            start.wait(10)
            call()
            told.append("done")
        except bank_changes.NothingToDecide:
            told.append("too late")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=[call])
        for call in (
            lambda: bank_changes.confirm(account_id=account.pk, by=checker, at=AT),
            lambda: bank_changes.refuse(account_id=account.pk, text="Non", by=third, at=AT),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(told) == ["done", "too late"]


def test_every_owner_is_told_with_the_account_masked(store, owner, make_member):
    make_member(Role.OWNER)
    make_member(Role.FINANCE)
    events.relay_all()
    jobs.run_pending()
    mail.outbox.clear()

    ask(store, owner)
    events.relay_all()
    jobs.run_pending()
    events.relay_all()

    assert len(mail.outbox) == 2
    assert NEW_HINT in mail.outbox[0].body and "532013" not in mail.outbox[0].body
    assert "Si ce n’est pas vous" in mail.outbox[0].body
    assert reverse("merchants:bank") in mail.outbox[0].body


class TestPages:
    def typed(self):
        return {
            "iban": NEW,
            "holder": "Savonnerie Perdrelle",
            "proof": SimpleUploadedFile("rib.pdf", steps.pdf().getvalue()),
        }

    def test_the_change_asks_for_a_second_factor_first(self, store, owner, sign_in):
        client = sign_in(owner)

        assert client.get(reverse(URL)).headers["Location"] == reverse("mfa_index")
        personas.give_second_factor(owner)
        sent = client.post(reverse(URL), self.typed())

        assert sent.headers["Location"].startswith(reverse("mfa_reauthenticate"))
        assert states(store) == [(OLD_HINT, "confirmed")]

    def test_with_one_given_just_now_it_is_received(self, store, owner, sign_in):
        client = sign_in(owner)
        personas.give_second_factor(owner)
        personas.just_gave_second_factor(client)

        assert client.get(reverse(URL)).status_code == 200
        assert client.post(reverse(URL), self.typed()).headers["Location"] == reverse("merchants:bank")

        page = client.get(reverse("merchants:bank")).content.decode()
        assert OLD_HINT in page and NEW_HINT in page and NEW not in page
        assert "Vos versements attendent que nous ayons vérifié" in page
        assert "jusqu’à régularisation" not in page
        client.post(reverse("merchants:bank_cancel"))
        assert states(store)[1] == (NEW_HINT, "cancelled")

    def test_another_holder_is_asked_about_and_nothing_is_lost(self, store, owner, sign_in):
        client = sign_in(owner)
        personas.give_second_factor(owner)
        personas.just_gave_second_factor(client)

        asked = client.post(reverse(URL), {**self.typed(), "holder": "Claire Montbrun"})

        assert asked.status_code == 422
        assert "Claire Montbrun" in asked.content.decode() and NEW in asked.content.decode()
        assert states(store) == [(OLD_HINT, "confirmed")]

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.READ_ONLY])
    def test_other_members_look_and_change_nothing(self, store, make_member, sign_in, role):
        client = sign_in(make_member(role, of=store))

        assert client.get(reverse("merchants:bank")).status_code == 200
        assert client.get(reverse(URL)).status_code == 403
        assert client.post(reverse("merchants:bank_cancel")).status_code == 403


class TestDesk:
    def client(self, sign_in, email, *groups):
        return sign_in(personas.staff(email, *groups))

    def test_two_of_finance_confirm_on_the_page(self, store, owner, sign_in):
        account = ask(store, owner)
        page = reverse("admin:merchants_bankaccount_change", args=[account.pk])
        act = reverse("admin:merchants_bankaccount_decide", args=[account.pk])
        first = self.client(sign_in, "un@example.org", "finance")
        second = self.client(sign_in, "deux@example.org", "lead reviewer")

        shown = first.get(page).content.decode()
        assert "Savonnerie Perdrelle" in shown and NEW not in shown
        first.post(act, {"act": "confirm"})
        assert "une seconde personne" in first.post(act, {"act": "confirm"}, follow=True).content.decode()
        assert states(store)[1] == (NEW_HINT, "pending")
        second.post(act, {"act": "confirm"})

        assert states(store) == [(OLD_HINT, "replaced"), (NEW_HINT, "confirmed")]
        assert 'name="act"' not in first.get(page).content.decode()

    def test_what_waits_stands_first(self, store, owner, sign_in):
        ask(store, owner)
        client = self.client(sign_in, "un@example.org", "finance")

        listed = client.get(reverse("admin:merchants_bankaccount_changelist")).context["cl"].result_list

        assert [account.iban_hint for account in listed] == [NEW_HINT, OLD_HINT]

    def test_who_may_look_but_not_confirm_gets_403(self, store, owner, sign_in):
        account = ask(store, owner)
        client = self.client(sign_in, "lit@example.org", "auditor")

        assert client.get(reverse("admin:merchants_bankaccount_change", args=[account.pk])).status_code == 200
        act = reverse("admin:merchants_bankaccount_decide", args=[account.pk])
        assert client.post(act, {"act": "confirm"}).status_code == 403
        assert states(store)[1] == (NEW_HINT, "pending")

    def test_the_same_iban_elsewhere_is_pointed_out(self, store, owner, make_user, sign_in):
        twin = signup.open_file(user_id=make_user().pk, at=AT)
        bank.add(merchant_id=twin.pk, iban=NEW, holder="Autre", by=owner, at=AT)
        account = ask(store, owner)

        assert bank.same_elsewhere(account) == [twin]
        client = self.client(sign_in, "un@example.org", "finance")
        page = client.get(reverse("admin:merchants_bankaccount_change", args=[account.pk]))
        assert reverse("admin:merchants_merchant_change", args=[twin.pk]) in page.content.decode()
