"""From a catalogue file to products on sale in three markets."""

import csv
import io

from django_countries import countries

from catalog.services import languages
from demo.journey.hands import Hands, until, until_read
from demo.journey.traveller import LANGUAGES, MARKETS, Traveller
from demo.journey.words import begin, say


class Selling:
    """The merchant's steps between the open store and the first order."""

    merchant: Hands

    def imported(self, traveller: Traveller) -> None:
        hands, goods = self.merchant, traveller.goods
        hands.follow(say("Imports"))
        hands.follow(say("Import a file"))
        hands.fill({say("File"): goods.file})
        hands.press(say("Send the file"))
        hands.fill({say(name): column for name, column in goods.columns.items()})
        every_row = say("%(label)s, for every row")
        hands.fill({every_row % {"label": say(name)}: value for name, value in goods.constants.items()})
        hands.press(say("Start the dry run"))
        until_read(hands, say("Nothing is written yet"))
        hands.press(begin("Import %(shown)s row", "Import %(shown)s rows"))
        until_read(hands, say("See the catalogue"))
        download = say("Download these rows, with the remedies")
        if hands.offers(download):
            report = hands.download(download).decode("utf-8-sig")
            separator = ";" if ";" in report.partition("\n")[0] else ","
            rows = list(csv.reader(io.StringIO(report), delimiter=separator))
            traveller.seen["rows_in_report"] = str(len(rows) - 1)

    def priced(self, traveller: Traveller) -> None:
        """French prices came with the file; a rule makes those of the other markets."""
        hands = self.merchant
        for country in MARKETS[1:]:
            hands.follow(say("Markets and prices"))
            hands.follow(say("Write the rule"), near=countries.name(country))
            hands.fill({say("Margin added, %"): "6", say("Ending"): ",99"})
            hands.press(say("Save and preview"))
            hands.press(begin("Write %(shown)s price", "Write %(shown)s prices"))

    def translated(self, traveller: Traveller) -> None:
        hands = self.merchant
        self._open_product(traveller)
        hands.follow(say("Languages"))
        for language in LANGUAGES:
            title, description = traveller.goods.texts[language]
            hands.follow(languages.name(language))
            hands.fill({say("Title"): title, say("Description"): description})
            hands.press(say("Save"))

    def published(self, traveller: Traveller) -> None:
        """The translated product in all its markets, then all that is ready in France."""
        hands = self.merchant
        self._open_product(traveller)
        hands.follow(say("Publication"))
        hands.press(
            begin("Publish in the market that is ready", "Publish in the %(n)s markets that are ready")
        )
        hands.follow(say("Markets and prices"))
        publish = begin("Publish %(shown)s product", "Publish %(shown)s products")
        hands.press(publish, near=countries.name("FR"))
        until(hands, lambda: not hands.offers(publish, near=countries.name("FR")), publish)

    def _open_product(self, traveller: Traveller) -> None:
        self.merchant.follow(say("Catalogue"))
        self.merchant.fill({say("Title, SKU or GTIN"): traveller.goods.sku})
        self.merchant.press(say("Filter"))
        self.merchant.follow(traveller.goods.title, near=traveller.goods.sku)
