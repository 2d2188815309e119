"""A Prometheus beside a local stack: it scrapes every process, evaluates our alert rules, and shows both on a loopback port.

The program is not part of Salur; where it is not installed this is refused with the name of the package.
"""

import contextlib
import json
import shutil
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from deploy.kafka.node import free_port
from deploy.processes import Child, Supervisor
from models.errors import ConfigurationError

PROGRAM: Final = "prometheus"
RULES: Final = Path(__file__).with_name("rules") / "salur.yaml"
SCRAPE_SECONDS: Final = 5
KEEP: Final = "15d"
_LOOKS_BACK: Final = 6
"""So many scrapes may fail before the last value of a process counts no more."""


@contextlib.contextmanager
def prometheus(data_dir: Path, metrics_urls: Sequence[str], *, rules: Path = RULES, every_seconds: int = SCRAPE_SECONDS) -> Iterator[str]:
    """Run it inside the block and give its address. Raises ConfigurationError if it is not installed, Unreachable if it does not start."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise ConfigurationError("prometheus is not installed", hint="install it (Debian: apt-get install prometheus), or leave --monitoring out")
    folder = data_dir / "monitoring"
    folder.mkdir(exist_ok=True)
    config = folder / "prometheus.yaml"
    # JSON is YAML too.
    config.write_text(json.dumps(configuration(metrics_urls, rules=rules, every_seconds=every_seconds), indent=1), encoding="utf-8")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    storage = [f"--storage.tsdb.path={folder / 'samples'}", f"--storage.tsdb.retention.time={KEEP}"]
    # A stack that starts again listens on other ports: what its old ones said last must not keep an alert for five minutes.
    storage.append(f"--query.lookback-delta={_LOOKS_BACK * every_seconds}s")
    child = Child(
        name=PROGRAM,
        argv=[program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", *storage],
        ready=lambda: _is_ready(address),
        log_file=data_dir / "logs" / f"{PROGRAM}.log",
    )
    with Supervisor([child], output=sys.stderr.buffer):
        yield address


def configuration(metrics_urls: Sequence[str], *, rules: Path = RULES, every_seconds: int = SCRAPE_SECONDS) -> dict[str, Any]:
    """Return what it is to scrape, and the rules."""
    return {
        "global": {"scrape_interval": f"{every_seconds}s", "evaluation_interval": f"{every_seconds}s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "salur", "static_configs": [{"targets": [urlsplit(url).netloc for url in metrics_urls]}]}],
    }


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/-/ready", timeout=1) as answer:  # noqa: S310 - an address of our own making
            return int(answer.status) == 200
    except OSError:
        return False
