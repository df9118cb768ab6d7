"""The figures for who watches the house: all that is promised, and nobody's name, question or folder in them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from kb.app import open_services
from kb.core.settings import Settings
from kb.jobs.pulse import Pulse
from kb.services import accounts, backup, gauges, importing, prometheus, restore
from kb.services.context import Services
from kb.services.readiness import Readiness
from kb.web.site import create_site
from tests.visited import LIBRARY, Browser, settle

LABELS = {"method", "route", "status", "le", "outcome", "part", "kind", "engine", "of", "lane", "state"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("figures") / "home")) as opened:
        importing.take_in(opened, [LIBRARY / "guide.toml"])
        yield opened


def figures(services: Services, counting: prometheus.Counting | None = None) -> dict[str, Metric]:
    gather = gauges.gather(services, Readiness(services))
    told = prometheus.told_by_one(counting or prometheus.Counting(), lambda: gather).decode()
    return {family.name: family for family in text_string_to_metric_families(told)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    family = next(family for family in found.values() if name.startswith(family.name))
    [sample] = [one for one in family.samples if one.name == name and labels.items() <= one.labels.items()]
    return float(sample.value)


def test_figures_follow_what_the_house_does(services: Services, tmp_path: Path) -> None:
    before = figures(services)
    assert value(before, "kb_jobs_waiting", kind="extract") == 1
    assert value(before, "kb_files", state="waiting") == 1
    assert value(before, "kb_index_lag_documents") == 1
    assert value(before, "kb_up", part="worker") == 0
    assert "kb_backup_age_seconds" not in before, "never is not long ago"
    settle(services)
    Pulse(services.settings.pulses, "all").beat()
    place, _ = backup.make(services, tmp_path / "kept")
    restore.prove(services.settings, place, open_services, lambda _done, _total: None)
    after = figures(services)
    assert value(after, "kb_jobs_waiting", kind="extract") == 0
    assert value(after, "kb_files", state="read") == 1
    assert value(after, "kb_index_lag_documents") == 0
    assert value(after, "kb_index_passages", engine="whoosh") > 0
    assert value(after, "kb_up", part="worker") == value(after, "kb_up", part="database") == 1
    assert 0 <= value(after, "kb_backup_age_seconds") < 3600
    assert 0 <= value(after, "kb_backup_proof_age_seconds") < 3600
    assert value(after, "kb_backup_proof_differing") == 0
    assert all(value(after, "kb_disk_free_bytes", of=place) > 0 for place in ("corpus", "index", "database"))
    assert value(after, "kb_ocr_pages_waiting") == 0


def test_requests_searches_and_sign_ins_are_counted_without_who_or_what(services: Services) -> None:
    counting = prometheus.Counting()
    counted = replace(services, meters=counting)
    browser = Browser(create_site(counted), headers={"Origin": "http://testserver"}, follow_redirects=False)
    browser.get("/ar/search", params={"q": "secretquestion"})
    browser.get("/fr/search", params={"q": "secretquestion"})
    browser.get("/secretplace")
    TestClient(create_site(counted)).request("SECRETMETHOD", "/ar/search")
    browser.post("/ar/sign-in", data={"email": "secret@example.ma", "password": "secretword"})
    invited = accounts.invite(services, "test", email="boss@example.ma", name="secretname", role="reader")
    accounts.redeem(services, invited.secret, "خمس نخلات على الواد")
    browser.post("/ar/sign-in", data={"email": "boss@example.ma", "password": "خمس نخلات على الواد"})
    found = figures(services, counting)
    route = "/{language}/search"
    assert value(found, "kb_requests_total", method="GET", route=route, status="200") == 2
    assert value(found, "kb_request_seconds_count", route=route) >= 2
    assert value(found, "kb_search_seconds_count") == 2
    assert value(found, "kb_sign_ins_total", outcome="refused") == 1
    assert value(found, "kb_sign_ins_total", outcome="done") == 1
    assert value(found, "kb_sessions") == 2
    told = prometheus.told_by_one(counting, lambda: gauges.gather(services, Readiness(services))).decode()
    assert "secret" not in told.replace("{secret}", "").lower()
    assert str(services.settings.home) not in told
    assert {name for family in found.values() for one in family.samples for name in one.labels} <= LABELS


def test_what_does_not_answer_is_said_and_the_rest_told(tmp_path: Path) -> None:
    with open_services(Settings(home=tmp_path, record_searches=False)) as services:
        services.database.engine.dispose()
        (tmp_path / "kb.sqlite3").write_bytes(b"no database")
        for rest in ("-wal", "-shm"):
            (tmp_path / f"kb.sqlite3{rest}").unlink(missing_ok=True)
        found = figures(services)
    assert value(found, "kb_up", part="database") == 0
    assert value(found, "kb_disk_free_bytes", of="corpus") > 0
    assert "kb_jobs_waiting" not in found
