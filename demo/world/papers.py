"""The papers of the demonstration: certificates that say what they are."""

import io

from PIL import Image, ImageDraw, ImageFont

A4_AT_75_DPI = (620, 877)


def certificate(
    *, company: str, siret: str, place: str, issued_on: str, title: str = "EXTRAIT D’IMMATRICULATION"
) -> io.BytesIO:
    """Draw a certificate, or another document, as a PDF of one page, marked as an example."""
    page = Image.new("L", A4_AT_75_DPI, 255)
    pen = ImageDraw.Draw(page)
    small, large = ImageFont.load_default(14), ImageFont.load_default(22)
    pen.rectangle((30, 30, 590, 847), outline=90, width=2)
    pen.text((60, 70), title, fill=0, font=large)
    pen.text((60, 104), "Registre de démonstration – sans valeur", fill=90, font=small)
    rows = ("Dénomination", company), ("SIRET", siret), ("Siège", place), ("Délivré le", issued_on)
    for number, (name, value) in enumerate(rows):
        top = 180 + 56 * number
        pen.text((60, top), name, fill=110, font=small)
        pen.text((60, top + 20), value[:52], fill=0, font=ImageFont.load_default(18))
    pen.text((60, 780), "EXEMPLE", fill=190, font=ImageFont.load_default(48))
    out = io.BytesIO()
    page.save(out, "PDF", resolution=75)
    return io.BytesIO(out.getvalue())
