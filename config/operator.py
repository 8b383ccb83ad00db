"""Who runs this instance, and where a merchant may turn beside us: for legal pages and letters."""

import environ

env = environ.Env()

OPERATOR = {
    "name": env.str("OPERATOR_NAME", default="Passerelle (démonstration)"),
    "address": env.str("OPERATOR_ADDRESS", default="1 quai de l’Exemple, 35000 Rennes"),
    "registration": env.str("OPERATOR_REGISTRATION", default=""),
    "director": env.str("OPERATOR_DIRECTOR", default="Camille Exemple"),
    "email": env.str("OPERATOR_EMAIL", default="bonjour@passerelle.example"),
    "host": env.str("OPERATOR_HOST", default="cette machine"),
}
#: ``mediators``: two at least (regulation (EU) 2019/1150, article 12). ``dispute_body``: certified for
#: out-of-court settlement (regulation (EU) 2022/2065, article 21), empty where none was chosen.
REDRESS = {
    "mediators": env.list(
        "REDRESS_MEDIATORS",
        default=[
            "Médiateur des entreprises (www.economie.gouv.fr/mediateur-des-entreprises)",
            "Centre de médiation et d’arbitrage de Paris (www.cmap.fr)",
        ],
    ),
    "dispute_body": env.str("REDRESS_DISPUTE_BODY", default=""),
    "court": env.str("REDRESS_COURT", default="tribunal de commerce de Rennes"),
}
