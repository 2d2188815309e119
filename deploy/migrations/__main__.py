"""``python -m deploy.migrations``: bring the ledger's database to this version, and create the topics that are missing.

What `salur up` does before it starts workers, for machines on which something else starts them. Doing it again, or
from several machines at once, is harmless. Exits with 2 for wrong settings, 3 for what does not answer.
"""

import os
import sys

from deploy import topics
from deploy.cli.console import complain
from deploy.migrations.upgrade import upgrade
from deploy.settings import default_language, load
from models.errors import ConfigurationError, SalurError


def main() -> None:
    """Run, and end with the right code."""
    try:
        settings = load(environment=os.environ)
        if settings.bootstrap_servers is None:
            raise ConfigurationError("SALUR_BOOTSTRAP_SERVERS is not set", hint="without a Kafka of your own, `salur up` does all of this")
        states = topics.ensure(
            settings.bootstrap_servers,
            partitions=settings.partitions,
            replication_factor=settings.replication_factor,
            min_insync_replicas=settings.min_insync_replicas,
        )
        topics.demand(states)
        upgrade(settings.database_url)
    except SalurError as error:
        sys.exit(complain(error, default_language(os.environ)))


if __name__ == "__main__":
    main()
