"""What a suggestion costs beside one plain lookup of the same database, at 2,500 to 10,000 titles."""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

from sqlalchemy import text

from kb.app import open_services
from kb.catalog import documents, workflow
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.services.context import Services
from kb.services.suggest import suggest

PUBLIC = frozenset({"public"})
WHAT = ("دليل", "تقرير", "حصيلة", "مذكرة", "دراسة", "منشور", "ميثاق", "خطة", "بطاقة", "محضر")
OF = ("تبسيط المساطر", "تحسين الاستقبال", "اللاتمركز الإداري", "تدبير الموارد البشرية", "الحكومة المنفتحة")
WHERE = ("بالجهة", "بالإقليم", "بالجماعة", "بالوزارة")
TYPED = ("تب", "تبس", "تبسيط ال", "دليل تح", "اللا", "الموارد الب", "جهة", "zz")


def main() -> None:
    with tempfile.TemporaryDirectory() as home, open_services(Settings(home=Path(home))) as services:
        for number, parts in enumerate(product(WHAT, OF, WHERE, range(50)), 1):
            with services.database.writing() as session:
                title = " ".join(map(str, parts))
                row = documents.create(
                    session, type="news", actor="bench", title={"ar": title}, themes=["simplification"]
                )
                workflow.move(session, row, State.PUBLISHED, actor="bench")
            if number % 2500 == 0:
                print(f"{number} titles: median ms")
                plain = _median(partial(_plain, services))
                for typed in TYPED:
                    cost = _median(partial(suggest, services, typed, PUBLIC, "ar"))
                    print(f"  {typed}\t{cost * 1000:.1f}\t{cost / plain:.0f} times a lookup")


def _plain(services: Services) -> None:
    with services.database.reading() as session:
        session.execute(text("SELECT count(*) FROM organisation")).scalar()


def _median(act: Callable[[], object], times: int = 15) -> float:
    spent = []
    for _ in range(times):
        started = time.process_time()
        act()
        spent.append(time.process_time() - started)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
