"""The figures of the house as Prometheus reads them. The only file that knows its client."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kb.services.gauges import Gauge
from kb.services.meters import SignIn

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that the client looks at when it is imported: with it, processes count into files of that folder."""

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counting:
    """Meters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kb_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._waited = Histogram(
            "kb_request_seconds", "Time to answer.", ("route",), registry=self.registry, buckets=_SECONDS
        )
        self._searches = Histogram("kb_search_seconds", "Time to search.", registry=self.registry, buckets=_SECONDS)
        self._partial = Counter("kb_searches_partial", "Searches that ran out of time.", registry=self.registry)
        self._sign_ins = Counter("kb_sign_ins", "Tries to sign in.", ("outcome",), registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._waited.labels(route).observe(seconds)

    def search(self, seconds: float, *, partial: bool) -> None:
        self._searches.observe(seconds)
        if partial:
            self._partial.inc()

    def sign_in(self, outcome: SignIn) -> None:
        self._sign_ins.labels(outcome).inc()


class _Standing(Collector):
    def __init__(self, gather: Callable[[], Iterable[Gauge]]) -> None:
        self._gather = gather

    def collect(self) -> Iterable[Metric]:
        for gauge in self._gather():
            family = GaugeMetricFamily(gauge.name, gauge.says, labels=[gauge.label] if gauge.label else [])
            for value, figure in gauge.values.items():
                family.add_metric([value] if gauge.label else [], figure)
            yield family


def told_by_one(counting: Counting, gather: Callable[[], Iterable[Gauge]]) -> bytes:
    """Return all figures, where one process does all the answering."""
    return generate_latest(counting.registry) + _standing(gather)


def told_by_several(folder: Path, gather: Callable[[], Iterable[Gauge]]) -> bytes:
    """Return all figures, where several processes count into one folder, those that have died included."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry) + _standing(gather)


def _standing(gather: Callable[[], Iterable[Gauge]]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Standing(gather))
    return generate_latest(registry)
