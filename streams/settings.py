"""What the tallies' worker has to be told. Reading it from the environment is left to ``deploy``."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """The settings of one worker.

    ``instance_id`` names the worker for good (a pod's ordinal, for example): one that is started again under its
    name gets its partitions back at once instead of after ``session_timeout_seconds``. Empty means a new name at
    every start.
    """

    bootstrap_servers: str
    partitions: int
    instance_id: str = ""
    flush_seconds: float = 0.3
    idle_flush_seconds: float = 0.05
    changelog_chunk_records: int = 500
    unflushed_limit_bytes: int = 64 * 1024 * 1024
    session_timeout_seconds: float = 6.0
    heartbeat_seconds: float = 1.0
    request_timeout_seconds: float = 30.0
    commit_seconds: float = 0.5
    stall_seconds: float = 60.0
    scratch_directory: str = ""
