"""Walk the main job against a running Passerelle on this machine, or watch a person walk it."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from demo.journey.steps import STEPS, Facts, NotReached, Step
from demo.journey.traveller import DEMO_SIRET, Traveller
from demo.journey.walk import follow as watch
from demo.journey.walk import walk
from demo.journey.words import LANGUAGE


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="where Passerelle answers")
        parser.add_argument("--follow", metavar="EMAIL", help="watch whoever signed up with this address")
        parser.add_argument("--siret", default=DEMO_SIRET, help="the company of the journey")
        parser.add_argument("--reference", default="", help="the channel's reference of the order to watch")

    def handle(self, *, url: str, follow: str | None, siret: str, reference: str, **_options: Any) -> None:
        stamp = f"{time.time_ns() // 1_000_000:x}"
        traveller = Traveller(
            email=follow or f"nolwenn.{stamp}@tresquel.example",
            siret=siret,
            store_name=f"Maison Tresquel {stamp}",
            order_reference=reference or f"GL-{stamp}",
        )
        self.number = 0
        try:
            if follow:
                watch(traveller, self.report)
            else:
                # Its packages belong to development: watching does without.
                from demo.journey.http import HttpDriver

                with translation.override(LANGUAGE):
                    walk(HttpDriver(url), traveller, self.report)
        except NotReached as reason:
            raise CommandError(f"The journey stopped. {reason}") from None
        self.stdout.write(self.style.SUCCESS(f"\nArrived: {len(STEPS)} steps, each checked in the database."))
        sys.stdout.flush()

    def report(self, step: Step, facts: Facts, seconds: float) -> None:
        self.number += 1
        self.stdout.write(f"{self.number:2}. {step.title} ({seconds:.1f} s)")
        for name, value in facts.items():
            self.stdout.write(f"      {name}: {value}")
        self.stdout.flush()
