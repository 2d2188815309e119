"""Write the JSON Schema of every event type to ``models/schemas``: ``python -m deploy.export_schemas``.

A change that would refuse events which partners send today is not written: such a change needs a new type, with
a new version at the end of its name.
"""

import json
import pathlib
import sys
from typing import Final

from models.events.catalogue import EVENT_TYPES
from models.json_schema import Schema, breaking_changes, schema_of

SCHEMAS: Final = pathlib.Path(__file__).parent.parent / "models" / "schemas"


def text_of(schema: Schema) -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write each schema that changed; return 1 if one may not change so."""
    refused = 0
    for event_type in EVENT_TYPES:
        path = SCHEMAS / f"{event_type}.json"
        schema = schema_of(event_type)
        breaks = breaking_changes(json.loads(path.read_text("utf-8")), schema) if path.exists() else []
        if breaks:
            refused = 1
            print(f"{event_type}: not written; partners' events would be refused → add a type with a new version", *breaks, sep="\n  ", file=sys.stderr)
        else:
            path.write_text(text_of(schema), "utf-8")
    return refused


if __name__ == "__main__":
    sys.exit(main())
