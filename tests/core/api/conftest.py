import pytest

from partners.models import Application
from tests.api import ApiClient, api_client, make_application


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = "tests.core.api.urls"


@pytest.fixture
def application(db) -> Application:
    return make_application()


@pytest.fixture
def api(application) -> ApiClient:
    return api_client(application)
