"""The metrics of one process, in one registry of its own: kept ones, and ones that are read when somebody asks.

Which metrics exist is declared in ``models.metrics``; a label that is not declared is an error.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family

from models import metrics
from models.bookings import RULES_VERSION
from models.metrics import Metric, Reading

VERSION: Final = "0.1.0"
CONTENT_TYPE: Final = prometheus.CONTENT_TYPE_LATEST

Source = Callable[[], Iterable[Reading]]


class Instruments:
    """What one process measures; ``worker`` is its kind."""

    def __init__(self, worker: str) -> None:
        # Beside every counter, the library would export when it was made: a metric that nobody declared.
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]  # of a library without annotations here
        self.worker = worker
        self._registry = prometheus.CollectorRegistry()
        self._sources: list[Source] = []
        self._counters: dict[str, prometheus.Counter] = {}
        self._histograms: dict[str, prometheus.Histogram] = {}
        self._lock = threading.Lock()
        self._registry.register(_AtScrape(self._sources))
        began = time.time()
        self.read_at_scrape(lambda: (Reading(metrics.BUILD_INFO, (VERSION, str(RULES_VERSION)), 1), Reading(metrics.WORKER_STARTED, (worker,), began)))

    def counter(self, metric: Metric) -> prometheus.Counter:
        """Return the counter, the same each time."""
        assert metric.kind == "counter", f"{metric.name} is a {metric.kind}"
        with self._lock:
            if metric.name not in self._counters:
                self._counters[metric.name] = prometheus.Counter(metric.name, metric.help, metric.labels, registry=self._registry)
            return self._counters[metric.name]

    def histogram(self, metric: Metric) -> prometheus.Histogram:
        """Return the histogram, the same each time."""
        assert metric.kind == "histogram", f"{metric.name} is a {metric.kind}"
        with self._lock:
            if metric.name not in self._histograms:
                self._histograms[metric.name] = prometheus.Histogram(metric.name, metric.help, metric.labels, registry=self._registry, buckets=metric.buckets)
            return self._histograms[metric.name]

    def read_at_scrape(self, source: Source) -> None:
        """Ask ``source`` for its readings whenever the page is asked for; it must be quick and may be called from any thread."""
        self._sources.append(source)

    def page(self) -> bytes:
        """Return the metrics page in the text format."""
        return prometheus.generate_latest(self._registry)


def observe_many(histogram: prometheus.Histogram, value: float, count: int) -> None:
    """Observe the same value ``count`` times, at the cost of one."""
    if count <= 0:
        return
    histogram.observe(value)
    if count == 1:
        return
    # The library observes one at a time; its own parts are added to here as ``observe`` does.
    histogram._sum.inc(value * (count - 1))  # noqa: SLF001
    for bound, bucket in zip(histogram._upper_bounds, histogram._buckets, strict=True):  # noqa: SLF001
        if value <= bound:
            bucket.inc(count - 1)
            return


class _AtScrape:
    """Makes a page's families from what the sources read now."""

    def __init__(self, sources: list[Source]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Family]:
        families: dict[str, Family] = {}
        for source in list(self._sources):
            for reading in source():
                family = families.get(reading.metric.name)
                if family is None:
                    family = families[reading.metric.name] = _family(reading.metric)
                family.add_metric(list(reading.labels), reading.value)  # type: ignore[attr-defined]  # of both kinds of family
        yield from families.values()


def _family(metric: Metric) -> Family:
    made = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    return made(metric.name, metric.help, labels=list(metric.labels))
