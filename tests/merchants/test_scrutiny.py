"""Duplicates, risk points, and names like those of the register of frozen assets. All names are invented."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.services import events, jobs
from core.staff import StaffGroup
from merchants.enums import MatchState, TraitKind
from merchants.models import Application, FreezeList, FrozenParty, Merchant, NameMatch, RiskAssessment, Trait
from merchants.services import (
    bank,
    company,
    duplicates,
    freeze_list,
    people,
    requirements,
    review,
    risk,
    screening,
    signup,
)
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.web.personas import staff

WHY = "Née en 1984 et non en 1951 : carte d’identité vue."


def entry(number=1, name="MONTBRUN", first="Claire", birth="1984", aliases=(), nature="Personne physique"):
    """An entry of the register, in the shape in which the Treasury publishes it."""
    return {
        "IdRegistre": number,
        "Nature": nature,
        "Nom": name,
        "RegistreDetail": [
            {"TypeChamp": "PRENOM", "Valeur": [{"Prenom": first}]},
            {"TypeChamp": "ALIAS", "Valeur": [{"Alias": a, "Commentaire": ""} for a in aliases]},
            {"TypeChamp": "DATE_DE_NAISSANCE", "Valeur": [{"Jour": "", "Mois": "5", "Annee": birth}]},
            {"TypeChamp": "FONDEMENT_JURIDIQUE", "Valeur": [{"FondementJuridiqueLabel": "Règlement fictif"}]},
        ],
    }


def listing(*entries, day="2026-11-02"):
    return json.dumps(
        {"Publications": {"DatePublication": f"{day}T08:00:00", "PublicationDetail": list(entries)}}
    ).encode()


@pytest.fixture
def sent(merchant, owner):
    steps.submit(merchant, owner, AT)
    return merchant


@pytest.fixture
def twin(make_user):
    """Another merchant with the same company, account and officer."""
    user = make_user("jumelle@example.fr")
    other = signup.open_file(user_id=user.pk, at=AT)
    steps.submit(other, user, AT)
    return other


def screen(merchant):
    return screening.screen(application_id=merchant.application.pk, at=AT)


# Duplicates


def test_what_is_equal_between_two_merchants_is_named(sent, twin):
    for one in (sent, twin):
        duplicates.refresh(merchant_id=one.pk)

    [found] = duplicates.of(sent.pk)

    assert found.merchant == twin
    assert set(found.kinds) == {
        *(TraitKind.COMPANY, TraitKind.IBAN, TraitKind.ADDRESS, TraitKind.PHONE),
        *(TraitKind.EMAIL, TraitKind.OFFICER),
    }


def test_a_trait_is_a_hash_that_tells_nothing_and_is_kept_once(sent):
    duplicates.refresh(merchant_id=sent.pk)
    first = set(Trait.objects.values_list("pk", "kind", "fingerprint"))

    duplicates.refresh(merchant_id=sent.pk)

    assert set(Trait.objects.values_list("pk", "kind", "fingerprint")) == first
    assert all(len(mark) == 64 for _pk, _kind, mark in first)


def test_what_changed_is_no_longer_compared(merchant, owner, twin):
    steps.complete(merchant, owner, AT)
    for one in (merchant, twin):
        duplicates.refresh(merchant_id=one.pk)
    other = "FR7610107001011234567890129"
    bank.add(merchant_id=merchant.pk, iban=other, holder="Perdrelle", by=owner, at=AT)

    duplicates.refresh(merchant_id=merchant.pk)

    assert TraitKind.IBAN not in duplicates.of(merchant.pk)[0].kinds


def test_duplicates_cost_the_same_however_many(sent, twin, make_user, django_assert_num_queries):
    duplicates.refresh(merchant_id=sent.pk)
    duplicates.refresh(merchant_id=twin.pk)
    with django_assert_num_queries(1):
        duplicates.of(sent.pk)
    rows = [Merchant.objects.get(pk=signup.open_file(user_id=make_user().pk, at=AT).pk) for _ in range(3)]
    mark = Trait.objects.get(merchant=sent, kind=TraitKind.COMPANY).fingerprint
    Trait.objects.bulk_create(Trait(merchant=one, kind=TraitKind.COMPANY, fingerprint=mark) for one in rows)
    with django_assert_num_queries(1):
        assert len(duplicates.of(sent.pk)) == 4


# Risk


def assessed(merchant):
    file = requirements.compute(merchant_id=merchant.pk, at=AT).file
    return {rule.code for rule in risk.assess(file, duplicates.of(merchant.pk)).rules}


def test_an_ordinary_file_has_few_points(sent):
    assessment = risk.refresh(merchant_id=sent.pk, at=AT)

    assert assessment.level == "ordinary"
    kept = RiskAssessment.objects.get(merchant=sent)
    assert (kept.points, kept.codes) == (assessment.points, [rule.code for rule in assessment.rules])


def test_a_twin_that_was_refused_raises_the_risk(sent, twin, maker):
    steps.take(twin, maker, AT)
    review.reject(application_id=twin.application.pk, reason="fraud_suspected", text="x", by=maker, at=AT)
    for one in (twin, sent):
        risk.refresh(merchant_id=one.pk, at=AT)

    codes = set(RiskAssessment.objects.get(merchant=sent).codes)

    assert {"same_company", "same_account", "same_officer", "prior_refusal", "address_shared"} <= codes
    assert risk.level_of(RiskAssessment.objects.get(merchant=sent).points) == "high"


def test_rules_read_the_file(merchant, owner):
    steps.complete(merchant, owner, AT)
    assert not {"free_mail", "foreign_account", "holder_differs"} & assessed(merchant)

    Merchant.objects.filter(pk=merchant.pk).update(support_email="claire@gmail.com")
    iban = "BE71096123456769"
    bank.add(merchant_id=merchant.pk, iban=iban, holder="Autre Maison", by=owner, at=AT)

    assert {"free_mail", "foreign_account", "holder_differs"} <= assessed(merchant)


def test_each_rule_has_its_own_code_points_and_sentence():
    assert len(risk.CODES) == len(risk.RULES)
    assert all(rule.points > 0 and str(rule.sentence).endswith(".") for rule in risk.RULES)


def test_a_file_that_is_sent_is_looked_at_by_a_job(sent):
    freeze_list.load(content=listing(entry()), at=AT)

    events.relay_all()
    jobs.run_pending()

    assert RiskAssessment.objects.filter(merchant=sent).exists()
    assert Trait.objects.for_merchant(sent).exists()
    assert NameMatch.objects.for_merchant(sent).count() == 1


# The freeze list


def test_the_list_is_loaded_once_and_dated(db):
    content = listing(
        entry(1, aliases=["Klara Monbrin"]), entry(2, "ZORVANIA SHIPPING", "", "", (), "Personne morale")
    )

    first = freeze_list.load(content=content, at=AT)
    again = freeze_list.load(content=content, at=AT)

    assert (first.pk, first.count, str(first.published_on)) == (again.pk, 2, "2026-11-02")
    party = FrozenParty.objects.get(register_id=1)
    assert (party.names, party.births) == (["CLAIRE MONTBRUN", "KLARA MONBRIN"], ["1984-05"])
    assert party.ground == "Règlement fictif"
    assert FrozenParty.objects.get(register_id=2).kind == "entity"


def test_who_left_the_list_is_no_longer_listed_and_an_older_list_is_refused(db):
    freeze_list.load(content=listing(entry(1), entry(2, "DARVOL")), at=AT)
    freeze_list.load(content=listing(entry(2, "DARVOL"), day="2026-11-09"), at=AT)

    assert dict(FrozenParty.objects.values_list("register_id", "is_listed")) == {1: False, 2: True}
    with pytest.raises(freeze_list.OlderList):
        freeze_list.load(content=listing(entry(3), day="2026-11-01"), at=AT)
    assert FreezeList.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"Publications": {}}', listing()])
def test_what_is_not_the_list_is_refused_and_changes_nothing(db, content, tmp_path):
    freeze_list.load(content=listing(entry()), at=AT)
    (tmp_path / "list.json").write_bytes(content)

    with pytest.raises(freeze_list.NotTheList):
        freeze_list.load(content=content, at=AT)
    with pytest.raises(CommandError):
        call_command("load_freeze_list", str(tmp_path / "list.json"))

    assert FrozenParty.objects.filter(is_listed=True).count() == 1


def test_the_command_loads_a_file(db, tmp_path, capsys):
    (tmp_path / "list.json").write_bytes(listing(entry()))

    call_command("load_freeze_list", str(tmp_path / "list.json"))

    assert "1 entries" in capsys.readouterr().out


# Screening


@pytest.mark.parametrize(
    ("listed", "is_like"),
    [
        (entry(), True),
        (entry(name="MONTBRUNN", first="Klaire"), True),
        (entry(name="Claire", first="Montbrun"), True),
        (entry(birth="1951"), False),
        (entry(birth=""), True),
        (entry(name="MONTBRUN", first="Étienne"), False),
        (entry(name="AUTRE", first="Nom", aliases=["Claire MONTBRUN"]), True),
        (entry(name="CLAIRE", first=""), False),
        (entry(name="MONTBRUN CLAIRE", first="", birth="", nature="Personne morale"), False),
        (entry(name="SAVONNERIE PERDRELLE", first="", birth="", nature="Personne morale"), True),
    ],
)
def test_who_is_like_whom(sent, listed, is_like):
    freeze_list.load(content=listing(listed), at=AT)

    assert (screen(sent) > 0) is is_like


def test_a_match_keeps_the_store_closed_until_a_lead_clears_it(sent, maker, checker):
    freeze_list.load(content=listing(entry()), at=AT)
    steps.take(sent, maker, AT)
    steps.accept_all(sent, maker, AT)
    pk = sent.application.pk
    review.propose(application_id=pk, by=maker, at=AT)

    with pytest.raises(review.NameMatched):
        review.confirm(application_id=pk, by=checker, at=AT)
    match = NameMatch.objects.get()
    asked = {"match_id": match.pk, "application_id": pk, "state": MatchState.CLEARED, "by": checker, "at": AT}
    with pytest.raises(screening.ReasonMissing):
        screening.decide(reason=" ", **asked)
    screening.decide(reason=WHY, **asked)
    with pytest.raises(screening.NotOpen):
        screening.decide(reason=WHY, **asked)
    review.confirm(application_id=pk, by=checker, at=AT)

    assert Application.objects.get().status == "approved"
    assert WHY.encode() not in bytes(NameMatch.objects.get().reason)


def test_an_upheld_match_keeps_the_store_closed(sent, maker, checker):
    freeze_list.load(content=listing(entry()), at=AT)
    screen(sent)
    asked = {"application_id": sent.application.pk, "reason": WHY, "by": checker, "at": AT}
    screening.decide(match_id=NameMatch.objects.get().pk, state=MatchState.UPHELD, **asked)

    with pytest.raises(review.NameMatched):
        steps.approve(sent, maker, checker, AT)


def test_what_was_cleared_stays_so_until_the_entry_changes(sent, checker):
    freeze_list.load(content=listing(entry()), at=AT)
    screen(sent)
    asked = {"application_id": sent.application.pk, "reason": WHY, "by": checker, "at": AT}
    screening.decide(match_id=NameMatch.objects.get().pk, state=MatchState.CLEARED, **asked)
    assert screen(sent) == 0

    freeze_list.load(content=listing(entry(aliases=["La Savonnière"]), day="2026-11-09"), at=AT)
    jobs.run_pending()

    assert NameMatch.objects.get().state == MatchState.OPEN


def test_a_match_of_another_file_is_not_decided_here(sent, twin, checker):
    freeze_list.load(content=listing(entry()), at=AT)
    screen(twin)
    match = NameMatch.objects.get()

    with pytest.raises(screening.NotOpen):
        screening.decide(
            match_id=match.pk,
            application_id=sent.application.pk,
            state=MatchState.CLEARED,
            reason=WHY,
            by=checker,
            at=AT,
        )


def test_the_desk_shows_it_and_only_a_lead_decides(sent, twin, sign_in):
    freeze_list.load(content=listing(entry()), at=AT)
    risk.refresh(merchant_id=twin.pk, at=AT)
    risk.refresh(merchant_id=sent.pk, at=AT)
    screen(sent)
    page = reverse("admin:merchants_application_change", args=[sent.application.pk])
    act = reverse("admin:merchants_application_decide", args=[sent.application.pk])
    data = {"act": "clear_match", "match": NameMatch.objects.get(merchant=sent).pk, "text": WHY}

    reviewer = sign_in(staff("maurel@example.org", StaffGroup.REVIEWER))
    shown = reviewer.get(page).content.decode()
    assert twin.store_name in shown and "Claire MONTBRUN" in shown
    assert reviewer.post(act, data).status_code == 403
    sign_in(staff("lead@example.org", StaffGroup.LEAD_REVIEWER)).post(act, data)

    assert NameMatch.objects.get(merchant=sent).state == MatchState.CLEARED


def test_the_fingerprint_of_people_follows_what_is_typed_alike(merchant, owner, twin):
    steps.give_company(merchant, owner, AT)
    typed = people.PersonalData("CLAIRE", "montbrun", steps.CLAIRE.birth_date, "FR")
    people.add_representative(merchant_id=merchant.pk, data=typed, by=owner, at=AT)
    for one in (merchant, twin):
        duplicates.refresh(merchant_id=one.pk)

    assert TraitKind.OFFICER in duplicates.of(merchant.pk)[0].kinds
    assert company.folded("Éloïse") == "ELOISE"
