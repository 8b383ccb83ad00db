"""What the marketplace's staff may see of connected systems; administrators and auditors see all already."""

from core.staff import StaffGroup, grant

grant(
    StaffGroup.SUPPORT,
    "partners.view_application",
    "partners.view_channel",
    "partners.view_credential",
)
