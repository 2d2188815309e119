"""The container files say what is there: commands and settings that exist, no root, nothing written where nothing may be, and honest probes.

They cannot be run here. ``kubernetes-validate`` (strict, 1.31) finds no fault with the manifests; it is no dependency of ours.
"""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]  # comes with the validator of the intake's description

import deploy
from deploy import settings

FOLDER = Path(deploy.__file__).with_name("container")
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
ITEMS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "kubernetes" / "salur.yaml").read_text(encoding="utf-8"))["items"]
OURS = {name: service for name, service in COMPOSE["services"].items() if str(service["image"]).startswith("salur:")}
WATCHED = {"ledger", "tallies", "web", "monitor"}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the specification of every pod, by the name of what makes it."""
    for item in ITEMS:
        spec = item.get("spec", {})
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
        if template is not None:
            yield item["metadata"]["name"], template["spec"]


PODS = dict(pods())
CONTAINERS = [(f"{pod}/{one['name']}", spec, one) for pod, spec in PODS.items() for one in (*spec.get("initContainers", ()), *spec["containers"])]


CONFIGURED: dict[str, str] = next(item["data"] for item in ITEMS if item["kind"] == "ConfigMap")


def test_the_image_runs_as_nobody_and_holds_only_what_is_locked() -> None:
    assert re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.count("uv sync --locked --no-dev") == 2
    for name in re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE):
        assert (FOLDER.parents[1] / name / "__init__.py").exists()
    assert set(re.findall(r"\bSALUR_[A-Z_]+", DOCKERFILE)) <= settings._known_variables()


@pytest.mark.parametrize(("where", "spec", "container"), CONTAINERS, ids=[name for name, _, _ in CONTAINERS])
def test_a_container_gives_up_every_right_and_runs_what_exists(where: str, spec: dict[str, Any], container: dict[str, Any]) -> None:
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    rights = container["securityContext"]
    assert (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"], rights["capabilities"]) == (False, True, {"drop": ["ALL"]})
    assert importlib.util.find_spec(container["args"][0]) is not None
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert "tmp" in mounted
    assert mounted <= {volume["name"] for volume in spec["volumes"]}
    assert "memory" in container["resources"]["limits"], where


@pytest.mark.parametrize("component", sorted(WATCHED))
def test_every_process_is_asked_at_its_own_addresses_and_given_time_to_start(component: str) -> None:
    [container] = PODS[f"salur-{component}"]["containers"]
    paths = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/startupz", "liveness": "/livez", "readiness": "/readyz"}
    assert {"name": "metrics", "containerPort": 9100} in container["ports"]
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 300
    assert container["livenessProbe"]["periodSeconds"] * container["livenessProbe"]["failureThreshold"] > 20


def test_a_tallies_worker_is_named_by_its_ordinal_and_the_web_process_asks_them_all() -> None:
    [tallies] = [item for item in ITEMS if item["kind"] == "StatefulSet"]
    environment = tallies["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "SALUR_INSTANCE_ID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}} in environment
    assert CONFIGURED["SALUR_TALLIES_READY_URLS"].count("/readyz") == tallies["spec"]["replicas"]


def test_every_process_is_asked_how_it_is_through_a_service_that_is_there() -> None:
    services = {item["metadata"]["name"]: item["spec"] for item in ITEMS if item["kind"] == "Service"}
    asked = settings.worker_urls_of(CONFIGURED["SALUR_WORKER_URLS"])
    assert {name.partition("-")[0] for name in asked} == WATCHED
    for name, url in asked.items():
        where = urlsplit(url)
        service = services[str(where.hostname).rpartition(".")[2] if name.startswith("tallies") else str(where.hostname)]
        assert service["selector"]["app.kubernetes.io/component"] == name.partition("-")[0]
        assert where.port in {port["port"] for port in service["ports"] if port["targetPort"] == "metrics"}
    assert {where.hostname for where in map(urlsplit, settings.worker_urls_of(OURS["web"]["environment"]["SALUR_WORKER_URLS"]).values())} == WATCHED


def test_prometheus_finds_the_pods_by_the_label_and_the_port_that_they_have() -> None:
    [job] = yaml.safe_load((FOLDER / "kubernetes" / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    assert job["job_name"] == "salur", "an alert asks for it"
    kept = {rule["source_labels"][0]: rule["regex"] for rule in job["relabel_configs"] if rule.get("action") == "keep"}
    assert kept == {"__meta_kubernetes_pod_label_app_kubernetes_io_name": "salur", "__meta_kubernetes_pod_container_port_name": "metrics"}
    for name in WATCHED:
        assert "metrics" in {port["name"] for port in PODS[f"salur-{name}"]["containers"][0]["ports"]}


def test_only_what_keeps_something_has_the_folder_that_lasts() -> None:
    for name, spec in PODS.items():
        [container] = spec["containers"]
        folder = {one["name"]: one.get("value", "") for one in container["env"]}.get("SALUR_DATA", CONFIGURED["SALUR_DATA"])
        assert any(folder.startswith(mount["mountPath"]) for mount in container["volumeMounts"]), name
        assert (folder == "/var/lib/salur") == (name in {"salur-seal", "salur-backup"})
        assert container["env"][0]["name"] == "SALUR_DATABASE_URL" or name == "salur-tallies"


def test_who_tells_partners_knows_the_address_that_they_know() -> None:
    assert CONFIGURED["SALUR_WEB_URL"].startswith("https://")
    assert OURS["monitor"]["environment"]["SALUR_WEB_URL"] == OURS["web"]["environment"]["SALUR_WEB_URL"]


def test_the_settings_that_the_manifests_and_compose_name_are_settings() -> None:
    given = {name: value for item in ITEMS if item["kind"] == "ConfigMap" for name, value in item["data"].items()}
    named = {one["name"] for _, _, container in CONTAINERS for one in container.get("env", ())} | set(given)
    named |= {name for service in OURS.values() for name in service["environment"]}
    assert named <= settings._known_variables()
    loaded = settings.load(environment=dict(given))
    assert (loaded.partitions, loaded.second_person) == (12, True)


def test_nobody_but_who_watches_reaches_the_metrics() -> None:
    policies = {item["metadata"]["name"]: item["spec"] for item in ITEMS if item["kind"] == "NetworkPolicy"}
    assert all("from" in rule for rule in policies["salur"]["ingress"])
    assert policies["salur-web"]["ingress"] == [{"ports": [{"port": "https"}]}]


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_of_compose_gives_up_every_right_too(name: str) -> None:
    service = OURS[name]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    if "command" in service:
        assert importlib.util.find_spec(service["command"][0]) is not None
    assert all(published.startswith("127.0.0.1:") for published in service.get("ports", ()))


def test_what_prepares_a_machine_says_what_it_lacks() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SALUR_")}
    done = subprocess.run([sys.executable, "-m", "deploy.migrations"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "SALUR_BOOTSTRAP_SERVERS is not set" in done.stderr) == (2, True)
