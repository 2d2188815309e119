"""``python -m tests.uploads``: a workbook of 10,000 rows uploaded five times to a whole stack. Ends with 1 if a promise was broken."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.deploy.test_stack import Running
from tests.uploads.scenario import five_times, others_meanwhile


def main() -> int:
    """Run, and print one JSON object."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=10_000)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="salur-uploads-") as folder:
        stack = Running(Path(folder) / "stack")
        stack.up()
        try:
            report = {**five_times(stack, given.rows), "others_while_a_file_is_read": others_meanwhile(stack, given.rows)}
        finally:
            stack.stop()
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
