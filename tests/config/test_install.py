"""What ``make setup`` says when it cannot install: one sentence that tells what to do."""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.conf import settings

from config import install


@pytest.fixture
def uv() -> str:
    found = shutil.which("uv", path=install.TOOLS / "uv" / "bin") or shutil.which("uv")
    if found is None:
        pytest.skip("no uv here: the environment was not made by make setup")
    return found


def make_source_package(folder: Path) -> Path:
    """Put a package without a wheel into the folder; return the lock that names it."""
    path = folder / "needs_compiler-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {
            "PKG-INFO": "Metadata-Version: 2.1\nName: needs-compiler\nVersion: 1.0\n",
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "build"\n'
            'backend-path = ["."]\n',
            "build.py": "raise SystemExit('a build script ran')\n",
        }.items():
            member = tarfile.TarInfo(f"needs_compiler-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    lock = folder / "requirements.lock"
    lock.write_text(f"needs-compiler==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    return lock


def test_a_package_without_a_wheel_is_one_sentence_and_is_not_compiled(
    uv: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = make_source_package(tmp_path)
    here = ("--no-index", "--find-links", tmp_path, "--python", sys.executable, "--dry-run")

    with pytest.raises(install.SetupError, match="no ready-made wheel for this machine") as refused:
        install.run(
            uv, "pip", "install", "--quiet", "--require-hashes", *install.WHEELS_ONLY, *here, "-r", lock
        )

    assert "\n" not in str(refused.value)
    said = capsys.readouterr().err
    assert "needs-compiler" in said and "a build script ran" not in said


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full: make room and try again."),
        ("failed to write: os error 28", "The disk is full: make room and try again."),
        ("npm error code ENOTFOUND", "The package registry cannot be reached"),
        (
            "/usr/bin/python3: No module named pip",
            "This Python has no pip (Debian: apt-get install python3-pip).",
        ),
        ("something else", "uv failed; what it said is above."),
    ],
)
def test_what_a_program_says_becomes_a_sentence(said: str, sentence: str) -> None:
    assert install.sentence_for(said, "uv").startswith(sentence)


def test_a_full_disk_is_one_sentence() -> None:
    """``/dev/full`` answers every write as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")

    with pytest.raises(install.SetupError, match=r"^The disk is full: make room and try again\.$"):
        install.run(sys.executable, "-c", "open('/dev/full', 'wb', 0).write(b'x')")


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(install.SetupError, match=r"npm cannot be run: No such file or directory\.$"):
        install.run(tmp_path / "npm")


def test_an_unsupported_python_is_one_sentence() -> None:
    code = (
        "import sys; sys.version_info = (3, 10, 4, 'final', 0); sys.version = '3.10.4 (main)'\n"
        "from config import install; sys.exit(install.main())"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "Setup stopped. Python 3.11 to 3.13 is needed, this is 3.10.4: make PYTHON=python3.11\n"
    )
