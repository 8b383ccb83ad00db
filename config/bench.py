"""``make bench``: run each benchmark of ``benchmarks/`` in a process of its own, or the one that is named."""

import os
import subprocess
import sys
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    if unknown := set(arguments) - set(names):
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(names)}.", file=sys.stderr)  # noqa: T201
        return 2
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": embedded.url(ROOT / "var" / "pg", "passerelle"),
        **os.environ,
    }
    code = (
        "import sys, runpy; sys.path.insert(0, '.'); runpy.run_module('benchmarks.' + sys.argv[1])['main']()"
    )
    failed = []
    for name in arguments or names:
        command = [sys.executable, "-c", code, name]
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:  # noqa: S603
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
