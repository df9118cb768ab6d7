"""What one person brings at the same time by two doors is counted one after the other."""

from pathlib import Path
from threading import Thread

from kb.app import open_services
from kb.core.errors import Quota
from kb.core.settings import Settings
from kb.services import accounts, quotas


def test_who_brings_two_things_at_once_does_not_get_past_the_quota(url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", database=url, upload_day_files=1)
    with open_services(settings) as services:
        invited = accounts.invite(services, "test", email="amina@example.ma", name="أمينة", role="contributor")
        someone = accounts.known(services, f"person:{invited.id}")
        assert someone
        refused = []

        def bring() -> None:
            try:
                with services.database.writing() as session:
                    quotas.count(services, session, someone, 10)
            except Quota as error:
                refused.append(error.which)

        other = Thread(target=bring)
        with services.database.writing() as session:
            quotas.count(services, session, someone, 10)
            other.start()
            other.join(0.3)  # time enough to count what is not written yet
        other.join()
    assert refused == ["files"]
