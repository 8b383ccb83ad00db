"""Pages of a merchant's own affairs."""

from django.urls import path

from merchants.enums import AgreementKind, ViewKind
from merchants.web import (
    bell,
    company,
    contracts,
    developers,
    file,
    letters,
    ownership,
    papers,
    questions,
    start,
    store,
    team,
)

app_name = "merchants"
urlpatterns = [
    path("landing/", start.landing, name="landing"),
    path("start/", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("file/", file.show, name="file"),
    path("file/check/", file.check, name="check"),
    path("file/send/", file.send, name="send"),
    path("file/company/", company.number, name="company"),
    path("file/company/<uuid:public_id>/", company.found, name="company_found"),
    path("file/representative/", questions.representative, name="representative"),
    path("file/bank/", questions.bank_account, name="bank"),
    path("file/registration/", questions.registration, name="registration"),
    path("file/documents/<uuid:public_id>/", papers.document, name="document"),
    path(
        "file/documents/<uuid:public_id>/pages/<int:number>/",
        papers.part,
        {"kind": ViewKind.PAGE},
        name="document_page",
    ),
    path(
        "file/documents/<uuid:public_id>/files/<int:number>/",
        papers.part,
        {"kind": ViewKind.ORIGINAL},
        name="document_file",
    ),
    path("file/agreement/", contracts.agreement, {"kind": AgreementKind.TERMS}, name="agreement"),
    path(
        "file/commitment/",
        contracts.agreement,
        {"kind": AgreementKind.SELF_CERTIFICATION},
        name="self_certification",
    ),
    path("file/letters/", letters.show, name="letters"),
    path("file/letters/<uuid:public_id>/", letters.read, name="letter"),
    path("store/", store.show, name="store"),
    path("store/name/", questions.store_name, name="store_name"),
    path("store/contact/", questions.contact, name="contact"),
    path("team/", team.show, name="team"),
    path("team/<uuid:public_id>/role/", team.role, name="team_role"),
    path("team/<uuid:public_id>/remove/", team.remove, name="team_remove"),
    path("team/invitations/<uuid:public_id>/withdraw/", team.withdraw, name="team_withdraw"),
    path("team/invitations/<uuid:public_id>/resend/", team.resend, name="team_resend"),
    path("team/leave/", team.leave, name="team_leave"),
    path("team/<uuid:public_id>/ownership/", ownership.offer, name="ownership_offer"),
    path("team/ownership/", ownership.answer, name="ownership_answer"),
    path("team/ownership/end/", ownership.end, name="ownership_end"),
    path("team/join/<str:token>/", team.join, name="team_join"),
    path("notifications/", bell.show, name="notifications"),
    path("notifications/read/", bell.read, name="notifications_read"),
    path("developers/", developers.show, name="developers"),
    path("developers/new/", developers.connect, name="developers_connect"),
    path("developers/<uuid:public_id>/credentials/", developers.issue, name="developers_issue"),
    path(
        "developers/<uuid:public_id>/credentials/<str:client_id>/revoke/",
        developers.revoke,
        name="developers_revoke",
    ),
]
