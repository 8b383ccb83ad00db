"""Other processes that work on the test's database."""

from django.db import connection


def database_url() -> str:
    """Answer the DATABASE_URL of the test's database, by socket or by port."""
    parameters = connection.get_connection_params()
    name, user = parameters["dbname"], parameters.get("user", "")
    host = str(parameters.get("host", ""))
    if host.startswith("/"):
        return f"postgres:///{name}?host={host}&user={user}"
    password = f":{parameters['password']}" if parameters.get("password") else ""
    return f"postgres://{user}{password}@{host}:{parameters.get('port') or 5432}/{name}"
