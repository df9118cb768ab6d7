"""The frozen bundle that app.py builds and every use case is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.catalog.content_type import ContentType
from kb.catalog.vocabulary import Vocabulary
from kb.core.settings import Settings
from kb.db.database import Database
from kb.ingest.gallery import Gallery
from kb.ingest.store import Store
from kb.languages.analyzer import Analyzer
from kb.search.engine import SearchEngine
from kb.search.widening import Widener
from kb.services.counts import Counts, Pages, Tally
from kb.services.meters import Meters
from kb.services.recording import Recorder
from kb.services.trial import Trial


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    store: Store
    engine: SearchEngine
    analyzer: Analyzer
    types: Mapping[str, ContentType]
    salt: str  # what the types decide of an index; the same as long as the process
    vocabulary: Vocabulary
    gallery: Gallery
    widener: Callable[[], Widener]
    recorder: Recorder
    counts: Counts[Pages]
    tallies: Counts[Tally]
    trial: Trial
    meters: Meters
