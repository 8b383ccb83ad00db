"""Copy what pages need of the front-end packages from ``node_modules`` into ``static/vendor``.

Run after ``npm ci --ignore-scripts``: ``python -m config.vendor``. Nothing is transformed but the icons,
which are gathered into one sprite. Safe to repeat; needs no Django.
"""

import re
import shutil
import sys
from pathlib import Path

from core.web.icons import ICONS

BASE_DIR = Path(__file__).resolve().parent.parent
NODE_MODULES = BASE_DIR / "node_modules"
TARGET = BASE_DIR / "static" / "vendor"

# Folder under static/vendor, then the package's folder and the patterns to copy from it.
FILES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("tabler/css", "@tabler/core/dist/css", ("tabler.min.css", "tabler-flags.min.css")),
    ("tabler/img/flags", "@tabler/core/dist/img/flags", ("*.svg",)),
    ("inter", "@fontsource-variable/inter/files", ("inter-latin*-wght-normal.woff2",)),
    ("chartjs", "chart.js/dist", ("chart.umd.min.js",)),
    ("leaflet", "leaflet/dist", ("leaflet.js", "leaflet.css")),
    ("leaflet/images", "leaflet/dist/images", ("*.png",)),
)


class VendorError(Exception):
    """A package is absent or has no longer the file we copy."""


def copy(node_modules: Path = NODE_MODULES, target: Path = TARGET) -> int:
    """Copy the listed files and make the sprite; return how many files were written."""
    if not node_modules.is_dir():
        raise VendorError(f"{node_modules} is missing: run `npm ci --ignore-scripts` first.")
    if target.exists():
        shutil.rmtree(target)
    written = 0
    for folder, source, patterns in FILES:
        destination = target / folder
        destination.mkdir(parents=True, exist_ok=True)
        for pattern in patterns:
            found = sorted((node_modules / source).glob(pattern))
            if not found:
                raise VendorError(f"{source}/{pattern} is missing: is package-lock.json installed?")
            for path in found:
                _copy_without_map(path, destination / path.name)
                written += 1
    (target / "icons.svg").write_text(sprite(node_modules / "@tabler/icons/icons/outline"), encoding="utf-8")
    return written + 1


def sprite(folder: Path) -> str:
    """Return one SVG whose symbols are the icons we use, named ``i-NAME``."""
    symbols = []
    for name in sorted(ICONS):
        path = folder / f"{name}.svg"
        if not path.is_file():
            raise VendorError(f"Tabler Icons has no icon named {name}.")
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text(encoding="utf-8"), flags=re.S)
        inner = re.sub(r">\s+<", "><", inner.strip())
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _copy_without_map(source: Path, destination: Path) -> None:
    """Copy a file; drop the reference to its source map, which the manifest would look for."""
    if source.suffix not in {".css", ".js"}:
        shutil.copyfile(source, destination)
        return
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$", "\n", text)
    destination.write_text(text, encoding="utf-8")


def main() -> int:
    try:
        count = copy()
    except VendorError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"{count} front-end files in {TARGET.relative_to(BASE_DIR)}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
