"""Files of pictures: a page for each frame, and a bad frame costs itself alone."""

import struct
from pathlib import Path

import pytest
from PIL import Image

from kb.core.text import codes
from kb.ingest.extraction import Damaged, Limits
from kb.ingest.formats import image

WHERE = struct.pack("<HH", 273, 4)
"""How the entry of a TIFF's table starts that says where the pixels are."""


def frames(path: Path, number: int) -> bytes:
    first, *rest = [Image.new("L", (400, 600), 255) for _ in range(number)]
    first.save(path, save_all=True, append_images=rest, dpi=(100, 100))
    return path.read_bytes()


def test_each_frame_is_a_page_that_waits_for_ocr(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    frames(path, 3)
    found = image.Image().extract(path, Limits())
    assert [(page.number, page.width, page.height) for page in found.pages] == [(n, 2880, 4320) for n in (1, 2, 3)]
    assert [codes(page.findings) for page in found.pages] == [("needs-ocr",)] * 3
    assert codes(found.findings) == ("needs-ocr",)


@pytest.mark.parametrize(("lost", "left"), [({1}, ["needs-ocr", "unreadable-page", "needs-ocr"]), ({0, 1, 2}, [])])
def test_a_frame_that_is_cut_costs_itself_alone(tmp_path: Path, lost: set[int], left: list[str]) -> None:
    path = tmp_path / "a.tif"
    data = bytearray(frames(path, 3))
    places = [place for place in range(len(data)) if data.startswith(WHERE, place)]
    assert len(places) == 3
    for number in lost:  # the pixels lie beyond the end
        data[places[number] + 8 : places[number] + 12] = struct.pack("<I", 1 << 30)
    path.write_bytes(data)
    if left:
        found = image.Image().extract(path, Limits())
        assert [page.findings[0].code for page in found.pages] == left
        assert codes(found.findings) == ("needs-ocr", "unreadable-page")
    else:
        with pytest.raises(Damaged):
            image.Image().extract(path, Limits())
