"""What can be checked of the image and the composition without running them."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from django.conf import settings

from config.supervisor import read_procfile

ROOT = Path(settings.BASE_DIR)
ADDRESSES = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")


def services() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_compose_runs_what_the_procfile_runs() -> None:
    processes = read_procfile(ROOT / "Procfile")

    assert set(services()) == {*processes, "release", "postgres", "rabbitmq", "valkey"}
    for name in ("worker", "beat"):
        program = " ".join(services()[name]["command"].split()[:5])
        assert program in processes[name]


def test_the_image_starts_the_web_as_the_procfile_does() -> None:
    command = (ROOT / "Dockerfile").read_text().rsplit("CMD", 1)[1]

    assert "granian --interface wsgi" in command
    assert "config.wsgi:application" in command


def test_the_image_does_not_run_as_root_and_holds_no_secret() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert "\nUSER passerelle\n" in text
    assert "SECRET_KEY" not in text


def test_only_the_web_has_a_pool_of_connections() -> None:
    found = {
        name for name, service in services().items() if "DATABASE_POOL_SIZE" in service.get("environment", {})
    }

    assert found == {"web"}


def test_every_file_the_image_copies_exists() -> None:
    lines = [
        line.split()[1:-1]
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
    ]

    names = [name for line in lines if not line[0].startswith("--") for name in line if name != "."]
    assert names and all((ROOT / name).exists() for name in names)


def test_every_variable_that_settings_read_is_explained() -> None:
    named = set(
        re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text())
    )
    page = (ROOT / "docs" / "deploy.md").read_text()
    short = {name for name in named if f"`_{name.split('_', 1)[-1]}`" in page}

    assert named and {name for name in named - short if f"`{name}`" not in page} <= {"DEBUG"}


def environments() -> dict[str, str]:
    """What the composition sets for our own processes, by variable."""
    own = (service for service in services().values() if service.get("image") == "passerelle")
    return {name: value for service in own for name, value in service["environment"].items()}


def test_each_variable_the_composition_sets_is_read_and_explained() -> None:
    read = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"} <= set(environments())
    for name in environments():
        assert f'"{name}"' in read
        assert f"`{name}`" in page


def test_each_variable_the_composition_asks_for_is_explained() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert asked == {"POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"}
    assert all(f"`{name}`" in page or f"{name}=" in page for name in asked)


def test_each_address_names_a_service_of_the_composition() -> None:
    hosts = {urlsplit(re.sub(r"\$\{[^}]+\}", "x", environments()[name])).hostname for name in ADDRESSES}

    assert hosts == {"postgres", "rabbitmq", "valkey"}


def test_each_service_tells_whether_it_is_well_where_it_can() -> None:
    """The web by the image's own check; worker, beat and release answer nobody and are restarted instead."""
    image = (ROOT / "Dockerfile").read_text()
    without = {
        name for name, service in services().items() if service.get("healthcheck", {}).get("disable") is True
    }
    told = {name for name, service in services().items() if "test" in service.get("healthcheck", {})}

    assert "\nHEALTHCHECK " in image and "/healthz" in image
    assert without == {"worker", "beat", "release"}
    assert told == {"postgres", "rabbitmq", "valkey"}
    assert set(services()) - without - told == {"web"}


def test_the_release_waits_for_services_that_are_well() -> None:
    waits = services()["release"]["depends_on"]

    assert {name: wait["condition"] for name, wait in waits.items()} == dict.fromkeys(
        ("postgres", "rabbitmq", "valkey"), "service_healthy"
    )


def test_what_must_survive_a_restart_is_in_a_named_volume() -> None:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text())
    mounted = {
        volume.split(":")[0] for service in services().values() for volume in service.get("volumes", [])
    }

    assert mounted == set(document["volumes"])


def test_only_the_web_is_reached_from_outside_and_only_through_the_proxy() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_the_last_stage_of_the_image_drops_root_before_it_starts() -> None:
    stage = (ROOT / "Dockerfile").read_text().rsplit("\nFROM ", 1)[1].splitlines()
    user = stage.index("USER passerelle")

    assert not any(line.startswith("RUN ") for line in stage[user:])
    assert any(line.startswith("CMD ") for line in stage[user:])
    assert re.search(r"useradd .*--uid [1-9]\d+ ", "\n".join(stage[:user]))
