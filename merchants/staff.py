"""What the marketplace's staff may do with merchants and their files."""

from core.staff import StaffGroup, grant

_FILE = (
    "merchants.view_merchant",
    "merchants.view_application",
    "merchants.view_company",
    "merchants.view_registrycheck",
    "merchants.view_decision",
    "merchants.view_requirement",
    "merchants.view_letter",
    "merchants.view_measure",
    "merchants.view_appeal",
    "merchants.view_epridentifier",
)
_SENSITIVE = ("merchants.view_document", "merchants.view_person", "merchants.view_bankaccount")

_NOTES = ("merchants.view_note", "merchants.add_note")

grant(
    StaffGroup.REVIEWER,
    *_FILE,
    *_SENSITIVE,
    *_NOTES,
    "merchants.review_application",
    "merchants.check_epridentifier",
)
grant(
    StaffGroup.LEAD_REVIEWER,
    *_FILE,
    *_SENSITIVE,
    *_NOTES,
    "merchants.review_application",
    "merchants.check_epridentifier",
    "merchants.assign_application",
    "merchants.decide_namematch",
    "merchants.view_documentview",
    "merchants.view_reasontext",
    "merchants.add_reasontext",
    "merchants.change_reasontext",
    "merchants.confirm_bankaccount",
)
grant(StaffGroup.SUPPORT, *_FILE, *_NOTES, "merchants.view_membership", "merchants.view_invitation")
grant(StaffGroup.SUPPORT, "merchants.view_supportvisit", "merchants.visit_as_merchant")
grant(StaffGroup.LEAD_REVIEWER, "merchants.view_supportvisit", "merchants.visit_as_merchant")
grant(
    StaffGroup.FINANCE,
    *_FILE,
    "merchants.view_bankaccount",
    "merchants.view_document",
    "merchants.confirm_bankaccount",
)
grant(StaffGroup.CATALOGUE_MODERATOR, "merchants.view_merchant")
grant(StaffGroup.CAMPAIGN_MANAGER, "merchants.view_merchant")
grant(StaffGroup.REVIEWER, "merchants.propose_measure")
grant(
    StaffGroup.LEAD_REVIEWER,
    "merchants.propose_measure",
    "merchants.confirm_measure",
    "merchants.decide_appeal",
)
