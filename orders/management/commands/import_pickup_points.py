"""``manage.py import_pickup_points laposte FILE``: refresh a network from its source."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.refusals import Refusal
from orders.adapters.points import PARSERS, PointDraft
from orders.enums import RefreshStatus
from orders.models import PickupNetwork
from orders.services import networks, points

NETWORK_OF_FORMAT = {"laposte": "laposte", "inpost": "inpost", "mondialrelay": "mondial-relay"}


class Command(BaseCommand):
    help = "Open, change and close the pickup points of a network as its source says. Nothing or all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("format", choices=sorted(PARSERS))
        parser.add_argument(
            "files", type=Path, nargs="+", metavar="FILE", help="the whole network, in one or more files"
        )
        parser.add_argument("--network", help="code of the network; needed for csv")
        parser.add_argument("--carrier", help="code of the carrier that serves the network from now on")
        parser.add_argument("--confirm", action="store_true", help="apply even if many points close")

    def handle(self, *args: Any, **options: Any) -> None:
        networks.load()
        code = options["network"] or NETWORK_OF_FORMAT.get(options["format"])
        if not PickupNetwork.objects.filter(code=code).exists():
            known = ", ".join(PickupNetwork.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"--network must be one of: {known}")
        with audit.acting(command="import_pickup_points"):
            try:
                if options["carrier"]:
                    networks.serve(
                        network_code=code, carrier_code=options["carrier"], by=None, at=timezone.now()
                    )
                report = self._refresh(code, options)
            except (Refusal, OSError) as error:
                raise CommandError(str(error)) from error
        for name in ("read", "opened", "changed", "closed", "refused"):
            self.stdout.write(f"{name:>8} {getattr(report, name):>7}")
        for refusal in report.refusals[:20]:
            self.stdout.write(f"  line {refusal['line']}: {refusal['code']}: {refusal['reason']}")
        if report.status == RefreshStatus.TO_CONFIRM:
            raise CommandError(
                _("Too many points would close: nothing was changed. Run again with --confirm.")
            )

    def _refresh(self, code: str, options: dict[str, Any]) -> Any:
        return points.refresh(
            network_code=code,
            drafts=_read(options["format"], options["files"]),
            source=f"{options['format']}: {', '.join(path.name for path in options['files'])}",
            at=timezone.now(),
            confirmed=options["confirm"],
        )


def _read(format: str, paths: list[Path]) -> Iterator[PointDraft]:
    for path in paths:
        with path.open("rb") as stream:
            yield from PARSERS[format](stream)
