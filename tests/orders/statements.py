"""Count what a request asks of the database, without transaction control."""

import re

CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def counted(queries):
    """Return the statements. The trail's context travels before the statement that it is about."""
    context = r"^SELECT set_config\('pghistory.*?, true\); "
    sent = [re.sub(context, "", query["sql"]).strip() for query in queries]
    return [sql for sql in sent if not sql.startswith(CONTROL)]
