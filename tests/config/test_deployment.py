"""What can be checked of the image and the composition without running them."""

import re
from pathlib import Path

import yaml
from django.conf import settings

from config.supervisor import read_procfile

ROOT = Path(settings.BASE_DIR)


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
