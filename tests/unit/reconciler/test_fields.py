"""The table of fields is complete: whatever a stack file can say of a service has a row, or a reason."""

from __future__ import annotations

from reconciler.fields import SERVICE
from topology.models import Service

NO_ROW = {
    "build": "makes the image; its digest is compared, not a field of a container",
    "configs": "arrive as files: the row is `contents`",
    "container_name": "is the name of the container",
    "depends_on": "orders the start",
    "external_links": "are names on its networks: the row is `networks`",
    "endpoint_mode": "is for a cluster",
    "ignore": "says which rows are not compared",
    "links": "order the start, and are names on its networks",
    "mode": "is for a cluster",
    "cpus_reserved": "is for a cluster",
    "placement": "is for a cluster",
    "restart_policy": "is for a cluster",
    "profiles": "decide whether the service exists",
    "pull_policy": "decides how its image is fetched",
    "ready": "says how long a start is waited for",
    "replicas": "count containers",
    "rollback_config": "is for a cluster",
    "secrets": "arrive as files: the row is `contents`",
    "service_labels": "are for a cluster",
    "update_config": "says how a change is carried out",
}


def test_every_field_of_a_service_has_a_row_or_a_reason_for_none() -> None:
    rows = {row.name for row in SERVICE}
    assert rows | set(NO_ROW) >= set(Service.model_fields)
    assert set(NO_ROW) <= set(Service.model_fields) - rows


def test_what_changes_in_place_says_how() -> None:
    settled = {row.name for row in SERVICE if row.reach("old", "new").value == "in place"}
    assert settled == {row.name for row in SERVICE if row.update is not None}
