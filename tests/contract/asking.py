"""Schemathesis, as we ask it: which checks, which phases, and which refusals of well-formed requests are in order."""

import dataclasses
import re
import shutil
import subprocess
import sys
from pathlib import Path

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
    "ignored_auth",
)
# A well-formed event may break a rule (422), name a taken id (409), or hold more than the intake takes (413); a well-formed question may name a code that
# is on no list (400), or a total over two units (422); 431 is the server's own for headers that nobody sends.
_CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "409", "413", "422", "429", "503"]

[checks.negative_data_rejection]
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "405", "408", "409", "413", "415", "421", "422", "428", "429", "503"]
"""
_COUNTED = re.compile(r"([0-9][0-9,]*) generated")


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking one description."""

    description: str
    cases: int
    is_kept: bool
    report: str


def ask(folder: Path, description: str, *, examples: int, seed: int, token: str = "", phases: str = "examples,fuzzing", workers: int = 1) -> Asked:
    """Ask one description so many times for each operation."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program is not None
    config = folder / "schemathesis.toml"
    config.write_text(_CONFIG, encoding="ascii")
    command = [program, "--config-file", str(config), "run", description, "--checks", ",".join(CHECKS), "--phases", phases, "--continue-on-failure"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--workers", str(workers), "--no-shrink", "--warnings", "off"]
    command += ["--suppress-health-check", "all", "--request-timeout", "60"]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    counted = _COUNTED.search(done.stdout)
    cases = int(counted[1].replace(",", "")) if counted else 0
    return Asked(description, cases, done.returncode == 0 and cases > 0, done.stdout + done.stderr)
