"""Papers that a demonstration needs, made on the spot: an extract of the register, articles, an identity."""

from datetime import date

import typst

_EXTRACT = """
#set page(paper: "a4", margin: 25mm)
#set text(lang: "fr", size: 11pt)
#align(center)[= #sys.inputs.title (exemple)
#text(size: 9pt)[Document de démonstration, sans valeur : établi par Passerelle pour ses essais.]]
#v(10mm)
#table(columns: (1fr, 2fr), stroke: 0.5pt, inset: 6pt,
  [Date], sys.inputs.day,
  [Dénomination], sys.inputs.name,
  [SIRET], sys.inputs.siret,
  [Représentant légal], sys.inputs.person,
)
"""


def paper(title: str, *, name: str, siret: str, person: str, on: date) -> bytes:
    """Answer a PDF of one page under that title; it says that it is worth nothing."""
    inputs = {"title": title, "name": name, "siret": siret, "person": person, "day": f"{on:%d/%m/%Y}"}
    made: bytes = typst.compile(_EXTRACT.encode(), sys_inputs=inputs)
    return made
