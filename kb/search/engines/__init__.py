"""The engines there are, and how one is opened."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.core.errors import Invalid, NoIndex, Unavailable
from kb.languages.analyzer import Analyzer
from kb.search import stamp
from kb.search.engine import SearchEngine
from kb.search.engines.chosen import Choice, ChosenEngine, choose, chosen
from kb.search.engines.current import CurrentEngine
from kb.search.ranking import PRODUCT_RANKING, Ranking
from kb.search.stamp import Fit
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


AUTO = "auto"
"""Instead of an engine: the one that the library chooses by its size."""

_FOLDER = "index"  # where only an engine is named


def open_engine(
    url: str,
    home: Path,
    analyzer: Analyzer,
    ranking: Ranking = PRODUCT_RANKING,
    salt: str = "",
    *,
    begin: bool = True,
) -> SearchEngine:
    """Open the engine that `url` names ("whoosh:index", the folder relative to `home`; "auto"; "memory:").

    With `begin` an index that is not there is made, empty, at its first use; without, it was lost and has to be
    rebuilt. `salt` is whatever else decides what is written into it. Raises Invalid for an unknown name, and
    Unavailable for an engine that is not installed.
    """
    name, root = read(url, home)

    def opened(name: str) -> SearchEngine:
        kind = ENGINES[name]()
        if kind.create is None:
            return kind.open(root, analyzer, ranking)
        made_by = _stamp(kind, analyzer, ranking, salt)
        create = kind.create if begin else None
        return CurrentEngine(root / name, made_by, create, lambda path: kind.open(path, analyzer, ranking))

    return ChosenEngine(root, opened) if name == AUTO else opened(name)


def in_use(
    url: str, home: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING, salt: str = ""
) -> tuple[str, Fit]:
    """Return the name of the index that answers, "" where none does, and whether this program made it."""
    name, root = read(url, home)
    try:
        name = chosen(root).name if name == AUTO else name
        kind = ENGINES[name]()
        if kind.create is None:
            return name, Fit.OURS
        folder = stamp.current(root / name)
    except NoIndex:
        return "", Fit.FOREIGN
    return folder or "", stamp.fit(folder, _stamp(kind, analyzer, ranking, salt))


@contextmanager
def rebuilding(
    url: str, home: Path, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING, salt: str = ""
) -> Iterator[SearchEngine]:
    """Give an index to fill; on clean exit it replaces the one in use, on error nothing has changed.

    It is empty, or holds what an earlier rebuild had committed when its process was stopped. Searches elsewhere answer
    from the old index meanwhile. Raises Invalid for an engine that keeps nothing, and Unavailable while another rebuild
    is going on.
    """
    name, root = read(url, home)
    with _aside(chosen(root).name if name == AUTO else name, root, analyzer, ranking, salt) as engine:
        yield engine


@contextmanager
def moving(
    url: str, home: Path, to: Choice, analyzer: Analyzer, ranking: Ranking = PRODUCT_RANKING, salt: str = ""
) -> Iterator[SearchEngine]:
    """Give an index of another engine to fill; on clean exit it is the one in use and the one before is removed.

    Searches are answered by the engine before until then. Raises Invalid where `url` names an engine, and as
    `rebuilding`.
    """
    name, root = read(url, home)
    if name != AUTO:
        raise Invalid({"index": "engine-is-set"})
    with _aside(to.name, root, analyzer, ranking, salt) as engine:
        yield engine
    before = chosen(root).name
    choose(root, to)
    if before != to.name:
        shutil.rmtree(root / before, ignore_errors=True)


def read(url: str, home: Path) -> tuple[str, Path]:
    """Return the engine that `url` names, or AUTO, and the folder of its indexes. Raises Invalid for another name."""
    name, _, folder = url.partition(":")
    if name not in {*ENGINES, AUTO}:
        raise Invalid({"index": "unknown-engine"})
    return name, home / (folder or _FOLDER)


def is_here(name: str) -> bool:
    """Tell whether an engine is installed."""
    try:
        ENGINES[name]()
    except Unavailable:
        return False
    return True


@contextmanager
def _aside(name: str, root: Path, analyzer: Analyzer, ranking: Ranking, salt: str) -> Iterator[SearchEngine]:
    kind = ENGINES[name]()
    if kind.create is None:
        raise Invalid({"index": "nothing-to-rebuild"})

    def is_sound(left: Path) -> bool:
        try:
            kind.open(left, analyzer, ranking).close()
        except Unavailable:
            return False
        return True

    made_by = _stamp(kind, analyzer, ranking, salt)
    with stamp.replacing(root / name, made_by, kind.create, is_sound) as fresh:
        engine = kind.open(fresh, analyzer, ranking)
        try:
            yield engine
        finally:
            engine.close()


def _stamp(kind: Kind, analyzer: Analyzer, ranking: Ranking, salt: str) -> str:
    layout = stamp.fingerprint(kind.version, UNITS_VERSION, ",".join(ranking.views))
    return stamp.stamp(layout, stamp.fingerprint(analyzer.stamp, salt))
