"""The three recipes by which somebody who never saw Salur gets to an accepted event, and the ways straight into Kafka: code without words.

Tests take these from the served pages and run them as they stand, once token and code are filled in.
"""

import importlib.resources
from collections.abc import Mapping
from typing import Any, Final

from models.notices import Told, as_json, notice_of
from models.reasons import Language, Violation
from models.topics import EVENTS, partner_topic
from streams.docs import snippets
from streams.docs.words import PROMPTS

PARTNER: Final = "kdei-taipei"
_LINE: Final[Mapping[str, Any]] = {"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}
_DATA: Final[Mapping[str, Any]] = {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [dict(_LINE)]}


SUBMISSION: Final[Mapping[str, Any]] = {
    "_uuid": "5f2c1b1e-7c0f-4b7e-9a57-0d8b3c6a1f42",
    "_xform_id_string": "aSAvYreNzVEkrWg5Gdcvg",
    "_submission_time": "2020-05-03T03:12:44",
    "meta/rootUuid": "uuid:5f2c1b1e-7c0f-4b7e-9a57-0d8b3c6a1f42",
    "tanggal": "2020-05-03",
    "negara": "taiwan",
    "serah_terima/nomor_bast": "BAST-12",
    "barang": [{"barang/jenis": "masker", "barang/jumlah": "120"}, {"barang/jenis": "sembako", "barang/jumlah": "35"}],
    "liter_hand_sanitizer": "2.5",
}
"""What KoboToolbox sends of one submission of the form that the example maps."""


def event(event_id: str) -> dict[str, Any]:
    """Return the event of a recipe: a hundred masks were handed out in Taiwan."""
    source = f"urn:salur:partner:{PARTNER}"
    envelope = {"specversion": "1.0", "id": event_id, "source": source, "type": "salur.distribution.recorded.v1", "time": "2020-05-03T09:00:00+08:00"}
    return {**envelope, "data": dict(_DATA)}


def given(base_url: str, language: Language) -> str:
    """Return the lines in which a reader writes what it was given."""
    return PROMPTS[language].format(url=base_url)


def verdict(event_id: str) -> str:
    """Return the command that asks what became of an event, until there is an answer."""
    return f'curl -sSf --retry 30 --retry-all-errors --retry-delay 1 "$URL/v1/events/{event_id}" -H "Authorization: Bearer $TOKEN"'


def sheet(language: Language) -> Mapping[str, str]:
    """Return the commands of the recipe by spreadsheet: get the template, fill it in, look at it, send it, ask for the verdict."""
    one = {**event("BAST-2020-05-02"), "time": "2020-05-02"}
    one["data"] = {**one["data"], "lines": [dict(_LINE), {"line": 2, "item": "sembako", "quantity": 40, "unit": "package"}]}
    table = snippets.rows(one, language)
    assert table is not None, "goods are handed out in spreadsheets"
    name, copy = ("isi", "kembali") if language == "id" else ("handed-out", "annotated")
    upload = f'-H "Authorization: Bearer $TOKEN" -H "Accept-Language: {language}" -F file=@{name}.csv'
    return {
        "template": f'curl -sSO "$URL/docs/{language}/templates/distribution.recorded.xlsx"',
        "fill": f"cat > {name}.csv <<'END'\n{snippets.as_csv(table, language)}END",
        "check": f'curl -sS "$URL/v1/uploads?mode=check" {upload}',
        "annotated": f'curl -sS "$URL/v1/uploads?mode=check" {upload} -H "Accept: text/csv" -o {copy}.csv',
        "send": f'curl -sS "$URL/v1/uploads" {upload}',
        "verdict": verdict(one["id"]),
    }


def python_file() -> str:
    """Return the command that gets the client."""
    return 'curl -sSO "$URL/docs/salur_client.py"'


def kobo() -> Mapping[str, str]:
    """Return a mapping of a KoboToolbox form, a submission of that form, and the commands about them."""
    return {
        "mapping": importlib.resources.files("streams.kobo").joinpath("example.toml").read_text("utf-8"),
        "submission": snippets.pretty(SUBMISSION),
        "check": "salur kobo check serah-terima.toml",
        "try": "salur kobo try serah-terima.toml submission.json",
        "add": "salur kobo add serah-terima.toml",
        "send": 'curl -sS "$URL/v1/kobo/serah-terima" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d @submission.json',
    }


def notices(language: Language, base_url: str) -> Mapping[str, str]:
    """Return the commands that have a partner told, a notice as it comes, and how a receiver knows that it is from here."""
    told = [
        Told(41, "rejected", "BAST-12", "salur.distribution.recorded.v1", (Violation("rjct.unknown_item", "/data/lines/0/item", closest="masker"),)),
        Told(43, "held", "BAST-13-batal", "salur.event.reversed.v1", waits_for="BAST-13"),
    ]
    example = as_json(notice_of(1, PARTNER, 38, 45, told, most=50), language, base_url=base_url)
    return {
        "webhook": f"salur partner notify add {PARTNER} --webhook https://partner.example/salur --in {language}",
        "mail": f"salur partner notify add {PARTNER} --mail pelaporan@partner.example --in {language} --every 60",
        "notice": snippets.pretty(example),
        "verify": _VERIFY,
    }


def kafka() -> Mapping[str, str]:
    """Return the ways to write to Kafka without the intake: kcat, confluent-kafka, and the CloudEvents library in both modes."""
    one = event("kafka-kcat-1")
    key = f"{one['source']}|{one['id']}"
    flat = snippets.flat(one)
    return {
        "given": f"export KAFKA=…    # such as kafka-1:9092,kafka-2:9092\nexport TOPIC={partner_topic(PARTNER)}    # or {EVENTS}",
        "kcat": f"printf '%s\\t%s\\n' '{key}' '{flat}' |\n  kcat -P -b \"$KAFKA\" -t \"$TOPIC\" -K '\\t' -X acks=all -X partitioner=murmur2_random",
        "confluent": _CONFLUENT.format(event=snippets.as_python(event("kafka-confluent-1"), 0)),
        "structured": _CLOUDEVENTS.format(mode="structured", **_parts("kafka-structured-1")),
        "binary": _CLOUDEVENTS.format(mode="binary", **_parts("kafka-binary-1")),
        "topic": f"salur topics --partner {PARTNER}",
        "user": 'kafka-configs.sh --bootstrap-server "$KAFKA" --alter --entity-type users --entity-name '
        f"{PARTNER} \\\n  --add-config 'SCRAM-SHA-512=[password=…]'",
        "acl": f'kafka-acls.sh --bootstrap-server "$KAFKA" --add --allow-principal User:{PARTNER} \\\n'
        f"  --operation Write --operation Describe --topic {partner_topic(PARTNER)}",
        "acl_prefixed": f'kafka-acls.sh --bootstrap-server "$KAFKA" --add --allow-principal User:{PARTNER} \\\n'
        f"  --operation Write --operation Describe --resource-pattern-type prefixed --topic aid.in.{PARTNER}.",
    }


def _parts(event_id: str) -> dict[str, str]:
    one = event(event_id)
    attributes = {name: value for name, value in one.items() if name not in {"data", "time"}}
    return {"attributes": snippets.as_python(attributes, 0), "time": snippets.as_python(one["time"]), "data": snippets.as_python(one["data"], 0)}


_VERIFY: Final = """\
import base64
import hashlib
import hmac
import time


def is_from_salur(secret: str, headers: dict[str, str], body: bytes) -> bool:
    name, at = headers["webhook-id"], headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{name}.{at}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    is_fresh = abs(time.time() - int(at)) < 300
    return is_fresh and any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())
"""

_CONFLUENT: Final = """\
import json
import os

from confluent_kafka import Producer

event = {event}
producer = Producer({{
    "bootstrap.servers": os.environ["KAFKA"],
    "acks": "all",
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
}})
failed = []
producer.produce(
    os.environ["TOPIC"],
    key=event["source"] + "|" + event["id"],
    value=json.dumps(event),
    headers={{"content-type": "application/cloudevents+json"}},
    on_delivery=lambda error, message: failed.append(error) if error else None,
)
if producer.flush(60) or failed:
    raise SystemExit("not acknowledged: send it again, with the same id")
"""

_CLOUDEVENTS: Final = """\
import datetime
import os

from cloudevents.core.bindings.kafka import to_{mode}
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer

attributes = {attributes}
attributes["time"] = datetime.datetime.fromisoformat({time})
attributes["datacontenttype"] = "application/json"
data = {data}
event = CloudEvent(attributes, data)
message = to_{mode}(event, JSONFormat(), lambda one: one.get_source() + "|" + one.get_id())
producer = Producer({{"bootstrap.servers": os.environ["KAFKA"], "acks": "all", "partitioner": "murmur2_random"}})
producer.produce(os.environ["TOPIC"], key=message.key, value=message.value, headers=message.headers)
if producer.flush(60):
    raise SystemExit("not acknowledged: send it again, with the same id")
"""
