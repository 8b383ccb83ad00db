"""What the bell says of imports and of moderation."""

from core.services import events
from merchants.models import Notification
from merchants.services import notifications


def said(merchant):
    lines = Notification.objects.for_merchant(merchant).order_by("pk")
    return [(notifications.text_of(line), line.url) for line in lines]


def test_the_bell_tells_of_the_dry_run_and_of_the_end_once(importer, merchant):
    imported = importer.run("sku,title,price\nA1,Torchon,12.90\n")

    events.relay_all()
    events.relay_all()

    page = f"/imports/{imported.public_id}/"
    assert said(merchant) == [
        ("L’essai à blanc de « catalogue.csv » est terminé : regardez-le, puis décidez.", page),
        ("L’import de « catalogue.csv » est terminé.", page),
    ]
