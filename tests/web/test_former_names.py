"""A ministry changes its name; its documents stay one body's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.web.site import create_site
from tests.opening import library, take_in

BODIES = {"now": "mtnra", "before": "mefra", "department": "reform-department", "other": "interior"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("bodies")
    for name, body in BODIES.items():
        sheet = f"""\
id = "news-{name}"
type = "news"
language = "ar"
organisation = "{body}"
title = {{ ar = "خبر {name}" }}

[data]
body = {{ ar = "نص الخبر" }}
"""
        (folder / f"{name}.toml").write_text(sheet, "utf-8")
    with library(tmp_path_factory.mktemp("home")) as services:
        assert not take_in(services, folder).refused
        with TestClient(create_site(services)) as client:
            yield client


def found(reader: TestClient, **asked: str) -> set[str]:
    text = reader.get("/ar/search", params=asked).text
    return set(re.findall(r"<h2[^>]*><a[^>]*>خبر ([a-z]+)", text))


def test_a_body_is_chosen_under_its_former_and_later_names(reader: TestClient) -> None:
    assert found(reader, organisation="mtnra") == {"now"}
    assert found(reader, organisation="mtnra", former="1") == {"now", "before", "department"}
    assert found(reader, organisation="reform-department", former="1") == {"now", "before", "department"}


def test_the_choice_is_offered_only_where_there_are_such_names(reader: TestClient) -> None:
    text = reader.get("/ar/search?organisation=mtnra").text
    assert '<input type="checkbox" name="former" value="1">' in text
    assert "بأسمائها السابقة" in text
    assert 'name="former" value="1" checked' in reader.get("/ar/search?organisation=mtnra&former=1").text
    assert 'name="former"' not in reader.get("/ar/search?organisation=interior").text


def test_where_nothing_is_found_the_other_names_are_a_link_away(reader: TestClient) -> None:
    text = reader.get("/ar/search?organisation=finance").text
    address = re.search(r'href="([^"]+former=1)"', text)
    assert address is not None
    assert "before" in found(reader, organisation="finance", former="1")
