"""What the merchant accepts."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.enums import AgreementKind
from merchants.services.requirements.definitions.base import (
    TO_OPEN,
    Blocks,
    Check,
    Definition,
    Finding,
    Verified,
    done,
    to_do,
)
from merchants.services.requirements.facts import File


def _agreement(kind: AgreementKind) -> Check:
    def check(file: File) -> Finding:
        current, coming = file.version_in_force(kind), file.version_to_come(kind)
        acceptance = file.accepted(kind)
        if acceptance is None:
            older = current is not None and any(a.text.kind == kind for a in file.acceptances)
            if not older or current is None:
                return to_do()
            return to_do("new_version", due_at=current.due_at, version=current.name)
        if coming is None or not file.was_opened or file.accepted_version(kind, coming) is not None:
            return done(acceptance.accepted_at)
        return to_do(
            "version_to_come",
            due_at=coming.due_at,
            version=coming.name,
            day=timezone.localdate(coming.due_at),
        )

    return check


CONTRACT: Final = (
    Definition(
        code="self_certification",
        section="contract",
        title=_("Commitment to sell compliant products only"),
        url_name="merchants:self_certification",
        check=_agreement(AgreementKind.SELF_CERTIFICATION),
        satisfied_by="the version in force, accepted by a person whose name is kept",
        verified=Verified.COMPUTED,
        source="DSA, art. 30(1)(e)",
        validity="until a new version is published",
        blocks=TO_OPEN | {Blocks.PUBLICATION},
    ),
    Definition(
        code="agreement",
        section="contract",
        title=_("Seller agreement"),
        url_name="merchants:agreement",
        check=_agreement(AgreementKind.TERMS),
        satisfied_by="the version in force, accepted by a person whose name is kept",
        verified=Verified.COMPUTED,
        source="P2B (EU) 2019/1150, art. 3",
        validity="until a new version is published",
        blocks=TO_OPEN | {Blocks.PUBLICATION},
    ),
)
