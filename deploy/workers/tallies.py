"""The tallies' worker as a process: reads the environment, sets up the log, runs, and exits with the worker's code."""

import os
import sys
from collections.abc import Mapping

from deploy import crashpoints
from deploy.monitoring import server
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.tallies_side import TallyHistograms, read_progress, tallies_health
from deploy.workers.log import configure_log
from deploy.workers.variables import number, required
from models.errors import ConfigurationError
from streams import worker
from streams.progress import Progress
from streams.settings import StreamSettings

USAGE_ERROR = 2


def settings_from(environ: Mapping[str, str]) -> StreamSettings:
    """Read the settings. Raises ConfigurationError, naming the variable."""
    return StreamSettings(
        bootstrap_servers=required(environ, "SALUR_BOOTSTRAP_SERVERS"),
        partitions=int(number(environ, "SALUR_PARTITIONS", None)),
        instance_id=environ.get("SALUR_INSTANCE_ID", ""),
        flush_seconds=number(environ, "SALUR_FOLD_FLUSH_SECONDS", 0.3),
        changelog_chunk_records=int(number(environ, "SALUR_CHANGELOG_CHUNK_RECORDS", 500)),
        scratch_directory=environ.get("SALUR_SCRATCH", ""),
    )


def _show(instruments: Instruments, progress: Progress) -> None:
    read_progress(instruments, progress)
    server.serve_if_asked(os.environ, instruments, tallies_health(progress))


def main() -> None:
    """Run until stopped."""
    configure_log(os.environ.get("SALUR_LOG_LEVEL", "INFO"), worker="tallies")
    try:
        settings = settings_from(os.environ)
        crash_points = crashpoints.from_environment(os.environ)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USAGE_ERROR)
    instruments = Instruments("tallies")
    watched = worker.Watched(watch=TallyHistograms(instruments), on_start=lambda progress: _show(instruments, progress))
    code = worker.run(settings, crash_points, watched=watched)
    sys.stderr.flush()
    # Not sys.exit: after a crash the consumer's thread may still be running, and nothing is left to be saved.
    os._exit(code)


if __name__ == "__main__":
    main()
