"""What parts of a stack become in Kubernetes: workloads, names, storage, and what is told about them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cluster import WORLD, Cluster
from tests.support.reachable import differences
from topology.export.kubernetes import Export, Seen, exported
from topology.models import Stack

FOLDER = "/home/me/shop"
IMAGE = {"image": "x:1"}


def export(files: dict[str, Seen] | None = None, *, with_secrets: bool = False, **stack: Any) -> Export:
    said = Stack.model_validate({"name": "shop", **stack}, context=FOLDER)
    return exported(said, files=files or {}, folder=FOLDER, with_secrets=with_secrets)


def services(*, files: dict[str, Seen] | None = None, **named: dict[str, Any]) -> Export:
    """A stack of services, each of some image unless it says which."""
    volumes: dict[str, Any] = {
        one["source"]: {}
        for service in named.values()
        for one in service.get("volumes", ())
        if isinstance(one, dict) and one["type"] == "volume" and "source" in one
    }
    return export(
        files,
        services={name.replace("__", "_"): {**IMAGE, **said} for name, said in named.items()},
        volumes=volumes,
    )


def the(made: Export, kind: str, name: str = "a") -> dict[str, Any]:
    (found,) = [one for one in made.objects if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def kinds(made: Export) -> set[tuple[str, str]]:
    return {(one["kind"], one["metadata"]["name"]) for one in made.objects}


def pod(made: Export, kind: str = "Deployment", name: str = "a") -> dict[str, Any]:
    spec: dict[str, Any] = the(made, kind, name)["spec"]["template"]["spec"]
    return spec


def container(made: Export, kind: str = "Deployment", name: str = "a") -> dict[str, Any]:
    (found,) = pod(made, kind, name)["containers"]
    assert isinstance(found, dict)
    return found


def told(made: Export, code: str) -> list[str]:
    return [found.message for found in made.notes if found.code == code]


DATA = {"type": "volume", "source": "data", "target": "/data"}

# workloads


def test_what_others_wait_for_to_be_done_is_a_job() -> None:
    after = {"depends_on": {"a": {"condition": "service_completed_successfully"}}}
    made = services(a={"restart": "on-failure:3"}, b=after)
    assert the(made, "Job")["spec"]["backoffLimit"] == 3
    assert pod(made, "Job")["restartPolicy"] == "OnFailure"


def test_a_job_of_several_replicas_is_done_once_all_of_them_are() -> None:
    after = {"depends_on": {"a": {"condition": "service_completed_successfully"}}}
    found = the(services(a={"replicas": 3}, b=after), "Job")["spec"]
    assert (found["completions"], found["parallelism"]) == (3, 3)


@pytest.mark.parametrize(
    ("update", "rolling"),
    [
        ({"order": "start-first", "parallelism": 2}, {"maxSurge": 2, "maxUnavailable": 0}),
        ({"parallelism": 0}, {"maxSurge": 0, "maxUnavailable": "100%"}),
        ({"order": "stop-first"}, {"maxSurge": 0, "maxUnavailable": 1}),
    ],
)
def test_replicas_are_replaced_in_the_order_and_lots_asked_for(update: Any, rolling: Any) -> None:
    made = the(services(a={"update_config": update}), "Deployment")
    assert made["spec"]["strategy"]["rollingUpdate"] == rolling


def test_one_on_each_node_is_a_daemon_set() -> None:
    assert ("DaemonSet", "a") in kinds(services(a={"mode": "global"}))


def test_who_shares_a_network_stack_lives_in_the_same_pod() -> None:
    made = services(
        a={"ports": ["80:80"]}, b={"network_mode": "service:a", "replicas": 2}, c={"links": ["b"]}
    )
    assert [one["name"] for one in pod(made)["containers"]] == ["a", "b"]
    assert ("Deployment", "b") not in kinds(made)
    assert Cluster(made.objects).called("b") == ("a",)
    assert "replicas of service b is not carried: b lives in the pod of a, which decides" in told(
        made, "T502"
    )


def test_a_pod_on_its_nodes_network_is_told_since_no_policy_governs_it() -> None:
    made = services(a={"network_mode": "host"}, b={"links": ["a"]})
    assert pod(made)["hostNetwork"] is True
    assert ("NetworkPolicy", "a") not in kinds(made)
    assert "a is on its node's network, which no policy governs" in told(made, "T502")
    assert told(made, "T503")[0].startswith(
        "a is on the node's own network, where no policy tells it apart: b to a"
    )


def test_what_has_a_port_of_its_node_makes_room_before_it_is_replaced() -> None:
    made = services(a={"ports": [{"target": 80, "published": "8080", "mode": "host"}]})
    assert container(made)["ports"] == [{"containerPort": 80, "protocol": "TCP", "hostPort": 8080}]
    assert the(made, "Deployment")["spec"]["strategy"]["rollingUpdate"] == {
        "maxSurge": 0,
        "maxUnavailable": 1,
    }
    assert ("Service", "a-published") not in kinds(made)


# names


def test_names_are_made_valid_and_stay_apart() -> None:
    made = services(a__b={}, **{"a-b": {}}, c={"links": ["a_b"]})
    workloads = sorted(name for kind, name in kinds(made) if kind == "Deployment")
    assert workloads[0] == "a-b"
    assert workloads[1].startswith("a-b-")
    assert f"a_b is called {workloads[1]}: no Service can be called a_b" in told(made, "T502")
    assert Cluster(made.objects).called(workloads[1]) == (workloads[1],)


def test_each_further_name_is_a_service_that_leads_to_the_same_pods() -> None:
    joined = {"n": {"aliases": ["alias"]}}
    made = services(
        a={"networks": joined, "container_name": "named", "expose": ["80"]},
        b={"networks": {"n": {}}, "links": ["a:linked"]},
    )
    cluster = Cluster(made.objects)
    assert {name: cluster.called(name) for name in ("a", "alias", "named", "linked")} == dict.fromkeys(
        ("a", "alias", "named", "linked"), ("a",)
    )


def test_a_name_that_means_two_services_is_told() -> None:
    made = services(a={}, b={}, c={"links": ["a:x"]}, d={"links": ["b:x", "a:b"]})
    assert Cluster(made.objects).called("x") == ("a",)
    assert told(made, "T502")[-2:] == [
        "x is b here and a elsewhere: in Kubernetes it is a alone",
        "b is a here and b elsewhere: in Kubernetes it is b alone",
    ]


def test_an_alias_that_several_services_have_on_a_network_leads_to_all_of_them() -> None:
    joined = {**IMAGE, "networks": {"n": {"aliases": ["both"]}}, "expose": ["80"]}
    near = {**IMAGE, "networks": {"n": {}}}
    named = {"a": joined, "b": joined, "c": {**near, "links": ["a", "b"]}, "d": {**near, "links": ["c:both"]}}
    stack = Stack.model_validate({"name": "shop", "services": named, "networks": {"n": {}}}, context=FOLDER)
    made = exported(stack, files={}, folder=FOLDER)
    cluster = Cluster(made.objects)
    assert (cluster.called("both"), cluster.called("a"), cluster.called("b")) == (("a", "b"), ("a",), ("b",))
    assert len([name for kind, name in kinds(made) if (kind, name) == ("Service", "both")]) == 1
    assert [line for line in told(made, "T502") if "both" in line] == [
        "both is c here, and in Kubernetes a, b together"
    ]
    assert differences(stack, cluster, {name: name for name in "abcd"}) == []


def test_an_alias_that_means_others_on_another_network_is_told() -> None:
    made = services(
        a={"networks": {"n": {"aliases": ["x"]}}, "expose": ["80"]},
        b={"networks": {"m": {"aliases": ["x"]}}, "expose": ["80"]},
    )
    assert Cluster(made.objects).called("x") == ("a",)
    assert "x is b here and a elsewhere: in Kubernetes it is a alone" in told(made, "T502")


def test_a_name_leads_to_the_pods_themselves_where_it_must_lead_to_each_or_no_port_is_known() -> None:
    made = services(
        a={"links": ["b", "c", "d"]},
        b={"expose": ["80"]},
        c={"expose": ["80"], "endpoint_mode": "dnsrr"},
        d={},
    )
    assert "clusterIP" not in the(made, "Service", "b")["spec"]
    assert the(made, "Service", "c")["spec"]["clusterIP"] == "None"
    assert the(made, "Service", "d")["spec"]["clusterIP"] == "None"
    assert ("Service", "a") not in kinds(made)


# what is published


def test_published_ports_are_of_a_load_balancer_and_open_to_the_world() -> None:
    made = services(a={"ports": ["8080:80", "127.0.0.1:9090:90"]}, b={"links": ["a"]})
    found = the(made, "Service", "a-published")["spec"]
    assert found["type"] == "LoadBalancer"
    assert [(one["port"], one["targetPort"]) for one in found["ports"]] == [(8080, 80)]
    cluster = Cluster(made.objects)
    assert [cluster.allows(WORLD, cluster.pods["a"], port) for port in (80, 90, 8080)] == [True, False, False]


def test_what_an_old_engine_leaves_open_by_neglect_is_not_published() -> None:
    policy = {"assume": {"engine": "20.10"}}
    made = export(services={"a": {**IMAGE, "ports": ["127.0.0.1:80:80"]}}, policy=policy)
    assert ("Service", "a-published") not in kinds(made)
    cluster = Cluster(made.objects)
    assert not cluster.allows(WORLD, cluster.pods["a"], 80)


def test_a_port_whose_number_the_host_picks_has_one_that_the_node_picks() -> None:
    assert the(services(a={"ports": ["80"]}), "Service", "a-published")["spec"]["type"] == "NodePort"


# who reaches whom


def reaches(made: Export, source: str, target: str, *ports: int) -> list[bool]:
    cluster = Cluster(made.objects)
    return [cluster.allows(cluster.pods[source], cluster.pods[target], port) for port in ports]


def test_without_any_link_networks_grant_what_they_allow_and_that_is_said() -> None:
    made = services(a={"networks": {"n": {}}}, b={"networks": {"n": {}, "m": {}}}, c={"networks": {"m": {}}})
    assert reaches(made, "a", "b", 1, 80) == reaches(made, "b", "a", 1, 80) == [True, True]
    assert reaches(made, "a", "c", 1, 80) == [False, False]
    assert told(made, "T503") == ["no service has a link, so the policies grant all that the networks allow"]


def test_a_claim_takes_away_what_networks_allow_port_by_port() -> None:
    claims = ["a cannot reach b on 22", "b cannot reach a"]
    made = export(services={"a": IMAGE, "b": IMAGE}, policy={"claims": claims})
    assert reaches(made, "a", "b", 21, 22, 23) == [True, False, True]
    assert reaches(made, "b", "a", 80) == [False]


def test_a_claim_grants_a_port_and_the_way_out() -> None:
    claims = ["a can reach b on 5432", "b can reach world on 443"]
    third = {**IMAGE, "links": ["a"]}
    made = export(services={"a": IMAGE, "b": IMAGE, "c": third}, policy={"claims": claims})
    assert reaches(made, "a", "b", 5432, 5433) == [True, False]
    cluster = Cluster(made.objects)
    assert [cluster.allows(cluster.pods["b"], WORLD, port) for port in (443, 80)] == [True, False]


def test_waiting_for_a_peer_is_no_need_and_that_is_said() -> None:
    made = services(a={"links": ["b"], "depends_on": {"c": {}}}, b={}, c={})
    assert reaches(made, "a", "c", 80) == [False]
    assert "a waits for c but has no link to it, so it may not reach it" in told(made, "T503")


def test_a_link_that_leads_nowhere_on_docker_leads_nowhere_here() -> None:
    made = services(a={"networks": {"n": {}}, "links": ["b"]}, b={"networks": {"m": {}}})
    assert reaches(made, "a", "b", 80) == [False]
    assert "a cannot reach b on Docker either, so it is not granted" in told(made, "T503")


def test_a_peer_that_is_named_but_not_linked_to_is_told() -> None:
    made = services(a={"links": ["b"], "environment": {"CACHE": "redis://c:6379/0"}}, b={}, c={})
    assert "a names c in CACHE but has no link to it" in told(made, "T503")


# storage


def test_a_volume_of_one_replica_is_a_claim_of_its_own() -> None:
    found = the(services(a={"volumes": [DATA]}), "StatefulSet")["spec"]
    assert [one["metadata"]["name"] for one in found["volumeClaimTemplates"]] == ["data"]
    assert found["serviceName"] == "a"


@pytest.mark.parametrize(
    "others", [{"b": {"volumes": [{**DATA, "read_only": True}]}}, {"b": {"volumes_from": ["a"]}}]
)
def test_a_volume_that_pods_share_is_one_claim_for_all_of_them(others: dict[str, Any]) -> None:
    made = services(a={"volumes": [DATA]}, **others)
    assert the(made, "PersistentVolumeClaim", "data")["spec"]["accessModes"] == ["ReadWriteMany"]
    assert "several pods have data mounted: its storage class must allow ReadWriteMany" in told(made, "T504")


def test_replicas_share_a_volume_as_they_do_on_docker() -> None:
    made = services(a={"volumes": [DATA], "replicas": 2})
    assert the(made, "PersistentVolumeClaim", "data")["spec"]["accessModes"] == ["ReadWriteMany"]


def test_a_volume_with_a_name_of_its_own_gives_it_to_its_claim() -> None:
    shared = {**IMAGE, "volumes": [DATA]}
    made = export(services={"a": shared, "b": shared}, volumes={"data": {"name": "shop-files"}})
    assert ("PersistentVolumeClaim", "shop-files") in kinds(made)


def test_an_external_volume_is_expected_to_be_there() -> None:
    made = export(
        services={"a": {**IMAGE, "volumes": [DATA]}}, volumes={"data": {"external": True, "name": "mine"}}
    )
    (volume,) = pod(made, "StatefulSet")["volumes"]
    assert volume["persistentVolumeClaim"] == {"claimName": "mine"}
    assert told(made, "T504") == ["the claim mine is expected to be there"]


def bind(source: str, target: str = "/in", *, read_only: bool = True) -> dict[str, Any]:
    return {"type": "bind", "source": source, "target": target, "read_only": read_only}


def test_small_files_beside_the_stack_file_are_carried() -> None:
    seen = {f"{FOLDER}/a.conf": Seen(files={"": b"colour green\n"})}
    made = services(files=seen, a={"volumes": [bind("./a.conf", "/etc/a.conf")]})
    assert the(made, "ConfigMap", "a-files")["data"] == {"a.conf": "colour green\n"}
    (mount,) = container(made)["volumeMounts"]
    assert (mount["mountPath"], mount["subPath"]) == ("/etc/a.conf", "a.conf")


def test_a_folder_of_small_files_is_carried_as_one() -> None:
    seen = {f"{FOLDER}/init": Seen(is_folder=True, files={"1.sql": b"x", "2.sql": b"\n"})}
    made = services(files=seen, a={"volumes": [bind("./init")]})
    assert the(made, "ConfigMap", "a-in")["data"] == {"1.sql": "x", "2.sql": "\n"}
    assert container(made)["volumeMounts"] == [{"name": "files-a-in", "mountPath": "/in", "readOnly": True}]


def test_a_file_with_a_secret_in_it_becomes_a_secret() -> None:
    seen = {f"{FOLDER}/a.ini": Seen(files={"": b"password = zq1\n"})}
    made = services(files=seen, a={"volumes": [bind("./a.ini")]})
    assert "stringData" not in the(made, "Secret", "a-files")
    assert "--from-file=a.ini=a.ini" in made.filling["a-files"]


@pytest.mark.parametrize(
    ("image", "seen", "kind"),
    [
        ("x:1", Seen(is_folder=True, why="there are folders in it"), "Deployment"),
        ("postgres:16", Seen(is_folder=True, why="there are folders in it"), "StatefulSet"),
        ("x:1", Seen(why="there is no such file"), "StatefulSet"),
    ],
)
def test_a_folder_is_data_where_it_is_new_or_a_data_stores(image: str, seen: Seen, kind: str) -> None:
    made = services(
        files={f"{FOLDER}/d": seen}, a={"image": image, "volumes": [bind("./d", read_only=False)]}
    )
    assert (kind, "a") in kinds(made)


def test_what_is_not_carried_is_told_and_the_image_keeps_what_it_has_there() -> None:
    seen = {f"{FOLDER}/src": Seen(is_folder=True, why="there are folders in it")}
    made = services(files=seen, a={"volumes": [bind("./src", "/app", read_only=False)]})
    assert "volumeMounts" not in container(made)
    assert told(made, "T501") == ["src is not carried, so a has nothing at /app: there are folders in it"]


def test_the_machines_own_files_are_the_nodes() -> None:
    made = services(a={"volumes": [bind("/var/run/docker.sock", "/var/run/docker.sock")]})
    (volume,) = pod(made)["volumes"]
    assert volume["hostPath"] == {"path": "/var/run/docker.sock"}
    assert told(made, "T502") == ["a has /var/run/docker.sock of whichever node it runs on"]


def test_what_is_external_is_expected_to_be_there() -> None:
    made = export(
        services={"a": {**IMAGE, "secrets": ["key"], "configs": ["page"]}},
        secrets={"key": {"external": True, "name": "their-key"}},
        configs={"page": {"external": True}},
    )
    assert kinds(made) & {("Secret", "their-key"), ("ConfigMap", "page")} == set()
    assert told(made, "T504") == [
        "ConfigMap page with the key page is expected to be there",
        "Secret their-key with the key key is expected to be there",
    ]


def test_a_config_that_is_called_as_something_else_stays_apart() -> None:
    service = {**IMAGE, "environment": {"COLOUR": "green"}, "configs": ["a-environment"]}
    made = export(services={"a": service}, configs={"a-environment": {"content": "x"}})
    assert the(made, "ConfigMap", "a-environment")["data"] == {"COLOUR": "green"}
    assert len([one for one in made.objects if one["kind"] == "ConfigMap"]) == 2


# containers


def test_dollars_mean_themselves() -> None:
    said = {"command": ["$(A)", "$$", "$A", "$$("], "healthcheck": {"test": ["CMD", "$(date)"]}}
    found = container(services(a=said))
    assert found["args"] == ["$$(A)", "$$$", "$A", "$$$$("]
    assert found["readinessProbe"]["exec"]["command"] == ["$$(date)"]


@pytest.mark.parametrize(
    ("ready", "probe"),
    [
        ({"tcp": 5432, "within": "90s"}, {"tcpSocket": {"port": 5432}, "failureThreshold": 90}),
        ({"http": "80/up"}, {"httpGet": {"port": 80, "path": "/up"}, "failureThreshold": 60}),
        ({"exec": ["ask"]}, {"exec": {"command": ["ask"]}, "failureThreshold": 60}),
    ],
)
def test_a_sign_of_being_ready_is_a_startup_probe(ready: Any, probe: dict[str, Any]) -> None:
    assert container(services(a={"ready": ready}))["startupProbe"] == {**probe, "periodSeconds": 1}


def test_the_address_of_a_page_that_has_a_secret_in_it_is_left_out() -> None:
    ready = {"http": "80/up?token=zq1"}
    made = services(a={"ready": ready})
    assert "startupProbe" not in container(made)
    assert told(made, "T501") == [
        "the page that says that a is ready has a secret in its address, so it is left out"
    ]
    assert "startupProbe" in container(export(services={"a": {**IMAGE, "ready": ready}}, with_secrets=True))


def test_a_users_name_is_told_and_his_number_is_carried() -> None:
    made = services(a={"user": "postgres:70"})
    assert container(made)["securityContext"] == {"runAsGroup": 70}
    assert "Kubernetes takes a user's number, not postgres: a runs as its image says" in told(made, "T501")


def test_an_image_that_is_built_here_is_left_to_be_pushed() -> None:
    made = export(services={"a": {"build": "."}})
    assert container(made)["image"] == "shop-a"
    assert told(made, "T504") == ["shop-a is built here: a cluster has to pull it from somewhere"]


def test_another_configuration_makes_other_pods_and_another_secret_tells_nothing() -> None:
    def annotation(**environment: str) -> Any:
        made = services(a={"environment": environment})
        return the(made, "Deployment")["spec"]["template"]["metadata"].get("annotations")

    assert annotation(COLOUR="green") != annotation(COLOUR="blue")
    first, second = ({"COLOUR": "green", "API_KEY": key} for key in ("x1", "x2"))
    assert annotation(**first) == annotation(**second)
