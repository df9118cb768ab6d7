"""Cut and rename the web fonts of kb/web/static/fonts from their published packages. Run only to change them.

Needs npm and, for this program alone, fonttools and brotli:

    python -m venv fonts-venv && fonts-venv/bin/pip install fonttools brotli
    fonts-venv/bin/python scripts/fonts.py

A cut font is a modified version under the Open Font License, so it may not bear a reserved name: each one is given
ours, in every record of its name table. OFL.txt carries the copyright lines and the licence.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parents[1] / "kb" / "web" / "static" / "fonts"

# Letters of Arabic as written in Morocco: U+06AD and U+0763 are the two kafs with three dots of «أڭادير» and
# «أݣادير», U+06AF gaf, U+06A4 veh, U+067E peh, U+0686 tcheh; then marks, digits, punctuation and bidi controls.
ARABIC = (
    "U+0020,U+00A0,U+060C,U+061B-061C,U+061F,U+0621-063A,U+0640-0655,U+0660-066C,U+0670-0671,U+067E,U+0686,"
    "U+06A4,U+06A9,U+06AD,U+06AF,U+06CC,U+0763,U+200C-200F,U+2010,U+2066-2069,U+FD3E-FD3F,U+FDF2,U+FDFA"
)
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0152-0153,U+2013-2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+2039-203A,U+20AC,U+2212"
)
TIFINAGH = "U+0020,U+2D30-2D67,U+2D6F,U+2D7F"

# file: (package, file in it, code points, family, style)
FONTS = {
    "ui-ar-400": ("ibm-plex-sans-arabic", "ibm-plex-sans-arabic-arabic-400-normal", ARABIC, "UI Ar", "Regular"),
    "ui-ar-600": ("ibm-plex-sans-arabic", "ibm-plex-sans-arabic-arabic-600-normal", ARABIC, "UI Ar", "SemiBold"),
    "ui-la-400": ("ibm-plex-sans", "ibm-plex-sans-latin-400-normal", LATIN, "UI La", "Regular"),
    "ui-la-600": ("ibm-plex-sans", "ibm-plex-sans-latin-600-normal", LATIN, "UI La", "SemiBold"),
    "naskh-ar-400": ("noto-naskh-arabic", "noto-naskh-arabic-arabic-400-normal", ARABIC, "Read Ar", "Regular"),
    "tfng-400": ("noto-sans-tifinagh", "noto-sans-tifinagh-tifinagh-400-normal", TIFINAGH, "UI Tfng", "Regular"),
}
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
ADDRESS = "https://openfontlicense.org"


def rename(font: Any, family: str, style: str) -> None:
    """Drop every record of the name table but the copyright, then write ours."""
    names = font["name"]
    kept = names.getDebugName(0)
    names.names = []
    full = f"{family} {style}"
    records = {1: family, 2: style, 3: f"{full} 1", 4: full, 5: "Version 1.0", 6: full.replace(" ", "")}
    records |= {13: LICENCE, 14: ADDRESS, 16: family, 17: style}
    if kept:
        records[0] = kept
    for number, text in records.items():
        names.setName(text, number, 3, 1, 0x409)


def cut(source: Path, points: str, family: str, style: str) -> Any:
    options = subset.Options()
    options.hinting = False
    options.name_IDs = [0]
    options.glyph_names = False
    font = TTFont(source, recalcTimestamp=False)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=subset.parse_unicodes(points.replace("U+", "")))
    worker.subset(font)
    rename(font, family, style)
    font.flavor = "woff2"
    return font


def main() -> None:
    packages = sorted({package for package, *_ in FONTS.values()})
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"@fontsource/{package}@5" for package in packages]
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", *wanted], cwd=folder, check=True)
        here = Path(folder) / "node_modules" / "@fontsource"
        for name, (package, file, points, family, style) in FONTS.items():
            font = cut(here / package / "files" / f"{file}.woff2", points, family, style)
            font.save(HERE / f"{name}.woff2")
            print(name, (HERE / f"{name}.woff2").stat().st_size)
        licences = [(here / package / "LICENSE").read_text("utf-8") for package in packages]
        heads = [text.splitlines()[0].split(". IBMPlex")[0] for text in licences]
        licence = licences[0].split("\n", 2)[2]
        note = "The fonts beside this file are cut from the works below and renamed (scripts/fonts.py).\n\n"
        (HERE / "OFL.txt").write_text(note + "\n".join(dict.fromkeys(heads)) + "\n\n" + licence, "utf-8")


if __name__ == "__main__":
    main()
