"""``python -m tests.contract``: both served descriptions on a whole stack, 500 cases for each operation. Ends with 1 if a promise was broken."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from deploy import running
from tests.contract.asking import ask
from tests.deploy.test_stack import EVENTS, Running
from tests.load.clients import PARTNER

MAPPING = "serah-terima"


def main() -> int:
    """Ask, and print what came of it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--examples", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--workers", type=int, default=1)
    given = words.parse_args()
    kept = True
    with tempfile.TemporaryDirectory(prefix="salur-contract-") as folder:
        stack = Running(Path(folder) / "stack")
        stack.up()
        try:
            web_url, token = prepared(stack, Path(folder))
            for path, phases in (("/v1/openapi.json", "examples,fuzzing"), ("/v1/figures/openapi.json", "examples,coverage,fuzzing")):
                began = time.monotonic()
                secret = token if path == "/v1/openapi.json" else ""
                asked = ask(Path(folder), web_url + path, examples=given.examples, seed=given.seed, token=secret, phases=phases, workers=given.workers)
                sys.stdout.write(f"{path}: {asked.cases} cases in {time.monotonic() - began:.0f} s: {'kept' if asked.is_kept else 'BROKEN'}\n")
                sys.stdout.flush()
                if not asked.is_kept:
                    sys.stdout.write(asked.report)
                kept &= asked.is_kept
        finally:
            stack.stop()
    return 0 if kept else 1


def prepared(stack: Running, folder: Path) -> tuple[str, str]:
    """Give a stack something to be asked about; returns its address and a token."""
    described = running.read(stack.folder)
    assert described is not None
    assert stack.salur("publish", "--wait", *sorted(EVENTS.glob("*.jsonl"))).code in {0, 1}
    stack.salur("partner", "add", PARTNER)
    mapping = folder / f"{MAPPING}.toml"
    mapping.write_text(stack.salur("kobo", "example").out, encoding="utf-8")
    assert stack.salur("kobo", "add", mapping).code == 0
    return str(described.web_url), str(stack.salur("partner", "token", PARTNER, "--json").json["token"])


if __name__ == "__main__":
    sys.exit(main())
