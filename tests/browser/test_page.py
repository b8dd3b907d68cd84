"""A page in a real browser: whole, silent, and it answers whoever asks by pointer, keys or ear."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Opening
from tests.support.browsing import Scheme, opened
from tests.support.command import topo
from tests.support.pictured import SHOP, large

GRAVE = {"serious", "critical"}
LESS = SHOP.replace(", db_nw: }", "}").replace(
    "  helper:\n    image: busybox\n    network_mode: service:flaskapp\n", ""
)


def row(name: str) -> str:
    return f""".body .row[data-services='["{name}"]']"""


def lane(name: str) -> str:
    return f""".body .lane[data-key=":{name}"]"""


def ways(page: Page) -> int:
    return page.locator(".body .way").count()


def test_a_page_shows_every_service_and_network(page_of: Opening) -> None:
    page = page_of(SHOP).page
    for name in ("nginx", "flaskapp", "db", "helper", "agent"):
        assert page.locator(row(name)).is_visible()
        assert page.locator(row(name)).get_by_text(name, exact=True).is_visible()
    for name in ("web_nw", "db_nw"):
        assert page.locator(lane(name)).is_visible()
        assert page.locator(".heads").get_by_text(name, exact=True).is_visible()


def test_a_click_on_two_services_says_whether_and_lights_the_way(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.click(row("nginx"))
    page.click(row("db"))
    assert "nginx can reach db" in page.inner_text("#answer")
    assert ways(page) == 1
    assert page.locator(f"{lane('db_nw')}.lit").count() == 1
    assert page.locator(".body .row.lit").count() == 2
    page.keyboard.press("Escape")
    assert (ways(page), page.inner_text("#answer")) == (0, "")


def test_who_cannot_is_told_why(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.select_option("#from", label="world (beyond this host)")
    page.select_option("#to", label="db")
    assert "world cannot reach db" in page.inner_text("#answer")
    assert ways(page) == 0
    page.click("#swap")
    assert page.inner_text("#answer").startswith("db cannot reach world")


def test_the_world_comes_in_by_its_port(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.click(".body .rail.world")
    page.click(row("nginx"))
    assert "world can reach nginx" in page.inner_text("#answer")
    assert ways(page) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("flask", {"flaskapp"}),
        ("POSTGRES:17", {"db"}),
        ("db_nw", {"nginx", "flaskapp", "db"}),
        ("8080", {"nginx"}),
        ("10.91.0.5", {"nginx"}),
        ("nobody", set()),
    ],
)
def test_search_finds_by_name_image_network_port_and_address(
    page_of: Opening, asked: str, found: set[str]
) -> None:
    page = page_of(SHOP).page
    page.fill("#search", asked)
    hits = page.locator(".body .row.hit")
    assert {name for name in ("nginx", "flaskapp", "db", "helper", "agent") if _is_hit(page, name)} == found
    assert hits.count() == len(found)
    assert page.inner_text("#spoken") == f"{len(found)} service{'' if len(found) == 1 else 's'} found"


def _is_hit(page: Page, name: str) -> bool:
    return "hit" in (page.locator(row(name)).get_attribute("class") or "")


def test_search_finds_among_services_that_are_drawn_as_one(page_of: Opening) -> None:
    page = page_of(large(500)).page
    page.fill("#search", "t7-api")
    assert page.locator(".body .row.hit").count() == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.locator("#answer button", has_text="t7-api").click()
    assert "t7-api is chosen" in page.inner_text("#answer")


def test_hover_tells_addresses_ports_and_claims(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.hover(row("nginx"))
    told = page.inner_text("#hint")
    for text in ("nginx:1.27", "10.91.0.5", "8080", "claim broken: nginx cannot reach db"):
        assert text in told
    page.hover("h1")
    assert not page.locator("#hint").is_visible()


def test_hover_tells_what_an_arrow_means(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.locator(".body .arrow.broken[data-lane] .tip").hover()
    assert "breaks the claim nginx cannot reach db" in page.inner_text("#hint")


def test_keys_are_enough(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.focus(row("nginx"))
    page.keyboard.press("Enter")
    page.focus(row("flaskapp"))
    page.keyboard.press("Space")
    assert "nginx can reach flaskapp" in page.inner_text("#answer")
    page.keyboard.press("Escape")
    page.focus(lane("db_nw"))
    page.keyboard.press("Enter")
    assert "3 services" in page.inner_text("#answer")
    page.focus("#cells td[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#cells td.chosen").count() == 1
    assert page.inner_text("#answer") != ""


def test_tab_reaches_all_that_can_be_chosen(page_of: Opening) -> None:
    page = page_of(SHOP).page
    met = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        met.add(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.id")
        )
    names = " ".join(filter(None, met))
    for name in (
        "search",
        "nginx",
        "flaskapp",
        "db",
        "agent",
        "web_nw",
        "db_nw",
        "world",
        "from",
        "to",
        "Swap",
    ):
        assert name in names


def test_a_finding_leads_to_what_it_is_about(page_of: Opening) -> None:
    page = page_of(SHOP).page
    page.locator(".finding button", has_text="db_nw lets").click()
    assert page.locator(f"{lane('db_nw')}.lit").count() == 1
    page.locator(".finding button", has_text="claim broken: nginx cannot reach db").click()
    assert page.locator(".body .row.lit").count() == 2
    link = page.locator(".finding a").first
    assert (link.get_attribute("href") or "").startswith("stack.yml#L")


def test_no_secret_is_in_a_page(page_of: Opening) -> None:
    assert "hunter2" not in page_of(SHOP).page.content()


def test_dark_looks_another(page_of: Opening) -> None:
    assert page_of(SHOP).page.screenshot() != page_of(SHOP, scheme="dark").page.screenshot()


def test_a_difference_answers_too(page_of: Opening, tmp_path_factory: pytest.TempPathFactory) -> None:
    old = tmp_path_factory.mktemp("old") / "old.yml"
    old.write_text(SHOP)
    page = page_of(LESS, "--diff", str(old), "stack.yml").page
    assert "removed" in (page.locator(row("helper")).get_attribute("class") or "")
    page.click(row("helper"))
    assert "helper is no longer there" in page.inner_text("#answer")
    page.click(row("nginx"))
    page.click(row("db"))
    assert "nginx cannot reach db" in page.inner_text("#answer")
    page.click('.heads .lane-head[data-key=":db_nw"]')
    assert "db_nw: 2 services" in page.inner_text("#answer")
    assert "nginx \u2192 db" in page.inner_text("aside")


@pytest.mark.parametrize(
    ("text", "scheme"), [(SHOP, "light"), (SHOP, "dark"), (large(65), "dark")], ids=["light", "dark", "many"]
)
def test_nothing_shuts_anybody_out(page_of: Opening, text: str, scheme: Scheme) -> None:
    page = page_of(text, scheme=scheme).page
    page.click(".body .row >> nth=0")
    page.click(".body .row >> nth=1")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in GRAVE] == []


HOSTILE = """\
name: shop
services:
  constructor: {image: "<img src=x onerror=alert(1)>", networks: [n], links: [toString], ports: ["80:80"]}
  toString: {image: "x\\"><script>alert(1)</script>", networks: [n, hasOwnProperty]}
  __proto__: {image: "</script><script>alert(2)</script>", networks: [n], labels: {a: "</svg><b>"}}
networks: {n: {name: "<n>&\\""}, hasOwnProperty: }
policy: {default: warn, claims: ["constructor cannot reach toString"]}
"""


def test_names_do_no_harm_in_a_picture_either(chromium: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(HOSTILE)
    assert topo(tmp_path, "graph", "--format", "svg", "--output", "picture.svg").code == 0
    seen = opened(chromium, tmp_path / "picture.svg")
    assert seen.page.locator("text.name").all_text_contents() != []
    assert seen.page.locator("script, img, b, parsererror").count() == 0
    seen.page.close()
    assert seen.complaints == []


def test_names_do_no_harm(page_of: Opening) -> None:
    page = page_of(HOSTILE).page
    page.hover(row("__proto__"))
    assert "</script><script>alert(2)" in page.inner_text("#hint")
    page.fill("#search", "alert")
    assert page.locator(".body .row.hit").count() == 3
    page.click(row("constructor"))
    page.click(row("toString"))
    assert "constructor can reach toString" in page.inner_text("#answer")
    assert page.locator("img, b").count() == 0
    assert page.locator("script").count() == 2
