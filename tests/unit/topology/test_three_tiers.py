"""The main job: nginx, flaskapp and db on two networks, and what is proved about them."""

from __future__ import annotations

from tests.support.stacks import three_tiers
from topology.findings import Finding, Related, Severity
from topology.graph import HOST, WORLD, topology_of
from topology.reach import Answer, Naming, by_name, reach
from topology.rules import check

TIERS = topology_of(three_tiers())


def claims(*findings: Finding) -> list[str]:
    return [f"{one.code} {one.message}" for one in findings if one.code < "T110"]


def test_nginx_cannot_reach_the_database() -> None:
    verdict = reach(TIERS, "nginx", "db")
    assert verdict.answer is Answer.NO
    assert verdict.text == "no common network; db publishes nothing"


def test_flaskapp_reaches_the_database_directly_and_by_name() -> None:
    assert reach(TIERS, "flaskapp", "db", 5432).text == "db_nw: flaskapp -> db:5432"
    assert by_name(TIERS, "flaskapp", "db").answer is Naming.YES


def test_the_database_cannot_reach_the_world() -> None:
    assert reach(TIERS, "db", WORLD).text == "db is only on internal networks (db_nw)"


def test_the_world_reaches_what_is_published_and_nothing_else() -> None:
    assert reach(TIERS, WORLD, "nginx").text == "host:8080 -> nginx:80"
    assert reach(TIERS, WORLD, "nginx", 443).reasons == ("nginx does not publish 443/tcp",)
    assert reach(TIERS, WORLD, "db").text == "db publishes nothing"


def test_the_host_reaches_even_the_database() -> None:
    assert reach(TIERS, HOST, "db", 5432).text == "db_nw: host -> db:5432"


def test_the_claims_of_the_example_hold() -> None:
    found = check(
        three_tiers(
            "nginx cannot reach db",
            "flaskapp can reach db on 5432 by name",
            "only flaskapp can reach db",
            "db cannot reach world",
        )
    )
    assert claims(*found) == []


def test_a_broken_claim_says_why_and_where() -> None:
    found = check(three_tiers("nginx cannot reach db", nginx_on="web_nw db_nw"))
    assert found[0] == Finding(
        code="T101",
        severity=Severity.ERROR,
        message="claim broken: nginx cannot reach db",
        path=("policy", "claims", 0),
        label="nginx is on web_nw and db_nw; db is on db_nw, so nginx can open db:5432",
        related=(Related(message="nginx joins db_nw", path=("services", "nginx", "networks", "db_nw")),),
        mend="take it out, or change the claim",
    )


def test_a_chain_of_services_breaks_only_the_stricter_claim() -> None:
    found = check(three_tiers("nginx cannot reach db", "nginx cannot reach db even through others"))
    assert claims(*found) == ["T101 claim broken: nginx cannot reach db even through others"]
    assert found[0].label == "through others: web_nw: nginx -> flaskapp, then db_nw: flaskapp -> db:5432"


def test_the_host_needs_no_others_to_open_a_container() -> None:
    found = check(three_tiers("host cannot reach db even through others"))
    assert "T101 claim broken: host cannot reach db even through others" in claims(*found)


def test_a_claim_that_wants_more_than_there_is_names_the_cheapest_mend() -> None:
    found = check(three_tiers("nginx can reach db"))
    assert (found[0].label, found[0].mend) == (
        "no common network; db publishes nothing",
        "put nginx on db_nw, or change the claim",
    )


def test_a_claim_about_nobody_is_not_true_by_accident() -> None:
    found = check(
        three_tiers("ngnix cannot reach db", "label tier=web cannot reach db", "network x cannot reach db")
    )
    assert [one.code for one in found[:3]] == ["T104", "T104", "T104"]
    assert found[0].label == "did you mean nginx?"


def test_a_claim_that_cannot_be_read_is_a_finding() -> None:
    found = check(three_tiers("nginx cannot raech db"))
    assert (found[0].code, found[0].label) == ("T103", "expected 'reach', not 'raech'")
