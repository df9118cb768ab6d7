"""Cut and rename the fonts of printed pages (kb/writing/pdf/fonts) from those of Debian. Run only to change them.

Needs the packages fonts-hosny-amiri and fonts-noto-core, and for this program alone fonttools:

    python -m venv fonts-venv && fonts-venv/bin/pip install fonttools
    fonts-venv/bin/python scripts/print_fonts.py

ReportLab draws glyphs by their code points and knows no shaping, so the presentation forms of Arabic stay and the
tables of OpenType layout go. A cut font is a modified version under the Open Font License and bears our name.
"""

from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path("/usr/share/fonts")
HERE = Path(__file__).resolve().parents[1] / "kb" / "writing" / "pdf" / "fonts"

LATIN = "0020-007E,00A0-017F,0192,02C6,02DC,2010-2015,2018-201E,2020-2022,2026,2030,2039-203A,2044,20AC,2122,2212"
ARABIC = "0600-06FF,0763,FB50-FBB1,FBD3-FBE9,FBFC-FBFF,FD3E-FD3F,FE70-FE74,FE76-FEFC"
TIFINAGH = "0020,2D30-2D67,2D6F,2D7F"

# file: (source, code points, family, style)
CUT = {
    "print-400": ("opentype/fonts-hosny-amiri/Amiri-Regular.ttf", f"{LATIN},{ARABIC}", "Print Naskh", "Regular"),
    "print-700": ("opentype/fonts-hosny-amiri/Amiri-Bold.ttf", f"{LATIN},{ARABIC}", "Print Naskh", "Bold"),
    "print-tfng": ("truetype/noto/NotoSansTifinagh-Regular.ttf", TIFINAGH, "Print Tfng", "Regular"),
}
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
ADDRESS = "https://openfontlicense.org"


def rename(font: Any, family: str, style: str) -> None:
    """Drop every record of the name table but the copyright, then write ours."""
    names = font["name"]
    kept = names.getDebugName(0)
    names.names = []
    full = f"{family} {style}"
    records = {0: kept, 1: family, 2: style, 3: f"{full} 1", 4: full, 5: "Version 1.0", 6: full.replace(" ", "")}
    for number, text in (records | {13: LICENCE, 14: ADDRESS}).items():
        names.setName(text, number, 3, 1, 0x409)


def main() -> None:
    for name, (source, points, family, style) in CUT.items():
        options = subset.Options()
        options.hinting = False
        options.name_IDs = [0]
        options.glyph_names = False
        options.layout_features = []
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM", "DSIG"]
        font = TTFont(FONTS / source, recalcTimestamp=False)
        worker = subset.Subsetter(options)
        worker.populate(unicodes=subset.parse_unicodes(points))
        worker.subset(font)
        rename(font, family, style)
        font.save(HERE / f"{name}.ttf")
        print(name, (HERE / f"{name}.ttf").stat().st_size)


if __name__ == "__main__":
    main()
