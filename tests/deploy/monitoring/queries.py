"""Reads queries as far as to see which metrics and labels they name."""

import re

from models import metrics
from models.metrics import Metric


def metric_names(query: str) -> set[str]:
    """Return the declared metrics that a query names; a name that nobody declared fails."""
    found = set()
    for name in re.findall(r"salur_[a-z0-9_]+", re.sub(r'"[^"]*"', "", query)):
        declared = name if name in metrics.BY_NAME else re.sub(r"_(bucket|sum|count)$", "", name)
        assert declared in metrics.BY_NAME, f"{name} is not declared"
        found.add(declared)
    return found


def check_labels(query: str) -> None:
    """Fail if a query asks for a label that its metric does not have."""
    for name, inside in re.findall(r"(salur_[a-z0-9_]+)\{([^}]*)\}", query):
        assert set(re.findall(r"(\w+)[!=~]+\"", inside)) <= {*_metric(name).labels, "le"}, name


def _metric(name: str) -> Metric:
    return metrics.BY_NAME.get(name) or metrics.BY_NAME[re.sub(r"_(bucket|sum|count)$", "", name)]
