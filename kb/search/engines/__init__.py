"""The engines there are, and how one is opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.core.errors import Invalid, Unavailable
from kb.languages.analyzer import Analyzer
from kb.search import stamp
from kb.search.engine import SearchEngine
from kb.search.engines.current import CurrentEngine
from kb.search.ranking import PRODUCT_RANKING, Ranking
from kb.search.units import VERSION as UNITS_VERSION


@dataclass(frozen=True, slots=True)
class Kind:
    """How an engine is made. `create` lays an empty index in a new folder; None for an engine that keeps nothing.

    `version` names the layout of its files.
    """

    version: str
    open: Callable[[Path, Analyzer, Ranking], SearchEngine]
    create: Callable[[Path], None] | None = None


def _memory() -> Kind:
    from kb.search.engines.memory import MemoryEngine  # noqa: PLC0415 (an engine is loaded when it is chosen)

    return Kind("memory", lambda _, analyzer, ranking: MemoryEngine(analyzer, ranking))


def _whoosh() -> Kind:
    from kb.search.engines.whoosh.engine import WhooshEngine  # noqa: PLC0415
    from kb.search.engines.whoosh.schema import VERSION  # noqa: PLC0415

    return Kind(VERSION, WhooshEngine, WhooshEngine.create)


def _tantivy() -> Kind:
    try:
        from kb.search.engines.tantivy.engine import TantivyEngine  # noqa: PLC0415
        from kb.search.engines.tantivy.schema import VERSION  # noqa: PLC0415
    except ImportError as error:
        raise Unavailable("tantivy is not installed here: set KB_INDEX to whoosh:index") from error

    return Kind(VERSION, TantivyEngine, TantivyEngine.create)


ENGINES: dict[str, Callable[[], Kind]] = {"memory": _memory, "whoosh": _whoosh, "tantivy": _tantivy}


def open_engine(
    url: str, home: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING, salt: str = ""
) -> SearchEngine:
    """Open the engine that `url` names ("whoosh:index", the folder relative to `home`; "memory:").

    An index that never was is made, empty, at its first use. `salt` is whatever else decides what is written into
    it. Raises Invalid for an unknown name.
    """
    name, kind, folder = _read(url, home)
    if kind.create is None:
        return kind.open(home, analyzer, ranking)
    print_ = _fingerprint(kind, analyzer, ranking, salt)
    return CurrentEngine(folder / name, print_, kind.create, lambda path: kind.open(path, analyzer, ranking))


@contextmanager
def rebuilding(
    url: str, home: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING, salt: str = ""
) -> Iterator[SearchEngine]:
    """Give an empty engine to fill; on clean exit it replaces the index in use, on error nothing has changed.

    Searches elsewhere answer from the old index meanwhile. Raises Invalid for an engine that keeps nothing, and
    Unavailable while another rebuild is going on.
    """
    name, kind, folder = _read(url, home)
    if kind.create is None:
        raise Invalid({"index": "nothing-to-rebuild"})
    with stamp.replacing(folder / name, _fingerprint(kind, analyzer, ranking, salt), kind.create) as fresh:
        engine = kind.open(fresh, analyzer, ranking)
        try:
            yield engine
        finally:
            engine.close()


def _read(url: str, home: Path) -> tuple[str, Kind, Path]:
    name, _, folder = url.partition(":")
    if name not in ENGINES:
        raise Invalid({"index": "unknown-engine"})
    return name, ENGINES[name](), home / folder


def _fingerprint(kind: Kind, analyzer: Analyzer, ranking: Ranking, salt: str) -> str:
    views = ",".join(ranking.views)
    return stamp.fingerprint(kind.version, UNITS_VERSION, analyzer.stamp, views, salt)
