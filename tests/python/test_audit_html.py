"""The HTML report of an audit in Chromium. `it audit_html` writes the reports, and runs these tests."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("UNDERPIN_TEST_AUDIT_REPORTS", "")
if not FOLDER:
    pytest.skip("it audit_html writes the reports and runs these tests", allow_module_level=True)

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from browser import DESKTOP, PHONE, Browser, browser  # noqa: E402

FACTS: dict[str, Any] = json.loads((Path(FOLDER) / "facts.json").read_text())
SMALL = FACTS["small"]
FIRST = SMALL["first"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The one browser of these tests."""
    with browser(Path(FOLDER)) as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Browser:
    """The small report, on a desktop."""
    chromium.view(DESKTOP)
    chromium.open("small")
    return chromium


def press(page: Browser, *keys: str) -> None:
    """Presses keys, one after the other, wherever the focus is."""
    for key in keys:
        ActionChains(page.driver).send_keys(key).perform()


def focused(page: Browser) -> str:
    """The text of what has the focus."""
    return page.run("return document.activeElement.textContent")


@pytest.mark.parametrize("report", ["small", "large", "hostile", "empty"])
def test_page_asks_for_nothing_and_has_no_complaint(chromium: Browser, report: str) -> None:
    chromium.view(DESKTOP)
    chromium.open(report)
    if report != "empty":
        chromium.button("By check")
        chromium.find("#list button").click()
        chromium.find("#list a").click()
        chromium.until("return document.getElementById('detail').open")
    own = f"{chromium.url}/{report}.html"
    assert {url.split("#")[0] for url in chromium.requests()} - {"data:,"} == {own}
    assert chromium.asked == [f"/{report}.html"]
    assert chromium.complaints() == []
    assert chromium.run("return document.documentElement.dataset.failed") is None


def test_summary_shows_the_counts_of_the_report(page: Browser) -> None:
    tiles = [int(text.replace(",", "")) for text in page.texts(".tile strong")]
    statuses = ["fail", "unknown", "waived", "pass", "not_applicable"]
    assert tiles == [SMALL["total"], *[SMALL["statuses"][status] for status in statuses]]
    assert page.count() == SMALL["total"]
    for title in [
        "What was and was not assessed",
        "Principal risks",
        "Standards",
        "By severity",
        "Since the baseline",
    ]:
        assert title in page.find("main").text
    order = page.run("return [...document.querySelectorAll('main section[id]')].map(one => one.id)")
    assert order == ["scope", "summary", "risks", "standards", "findings"]


def test_filters_leave_what_fits(page: Browser) -> None:
    page.button("Failed")
    assert page.count() == SMALL["statuses"]["fail"]
    assert set(page.texts("#list .status")) == {"Failed"}
    page.button("Unknown")
    assert page.count() == SMALL["statuses"]["fail"] + SMALL["statuses"]["unknown"]
    page.button("Clear the filter")
    assert page.count() == SMALL["total"]
    page.run(
        "const area = document.getElementById('by-area'); area.value = 'Lambda';"
        "area.dispatchEvent(new Event('change'))"
    )
    assert page.count() == SMALL["lambda"]
    page.button("Critical")
    assert 0 < page.count() < SMALL["lambda"]
    assert set(page.texts("#list .severity")) == {"Critical"}
    page.button("Clear the filter")
    page.run("document.querySelector('.tile.fail a').click()")
    assert page.count() == SMALL["statuses"]["fail"]


def test_filter_that_nothing_fits_is_said(page: Browser) -> None:
    page.type("no-such-name-anywhere")
    assert page.count() == 0
    assert page.find("#empty").is_displayed()
    assert not page.find("#list").is_displayed()


def test_search_finds_names_and_all_words(page: Browser) -> None:
    page.type("ORDERS")
    assert page.count() == SMALL["orders"]
    page.type("orders point-in-time")
    found = page.count()
    assert 0 < found < SMALL["orders"]
    assert all("Point-in-time" in text for text in page.texts("#list .main b"))
    page.type("orders ddb-table-pitr")
    assert page.count() == found
    # A word that begins in a text and ends in the name within it.
    page.type(f"`{FIRST['name']}` has")
    assert page.count() > 0
    assert set(page.texts("#list .side b")) == {FIRST["name"]}


@pytest.mark.parametrize(("view", "groups"), [("By check", "checks"), ("By resource", "resources")])
def test_views_group_all_findings(page: Browser, view: str, groups: str) -> None:
    page.button(view)
    assert int(page.find("#list li").get_attribute("aria-setsize")) == SMALL[groups]
    before = len(page.texts("#list .group"))
    page.find("#list button").click()
    assert page.find("#list button").get_attribute("aria-expanded") == "true"
    assert int(page.find("#list li").get_attribute("aria-setsize")) > SMALL[groups]
    assert page.texts("#list .inner .status")
    page.find("#list button").click()
    assert len(page.texts("#list .group")) == before


def test_standards_have_their_requirements_and_share(page: Browser) -> None:
    names = page.texts("#standards summary .standard-name")
    for name in [
        "CIS AWS Foundations Benchmark v1.5.0",
        "v3.0.0",
        "v5.0.0",
        "Foundational Security Best Practices v1.0.0",
    ]:
        assert any(name in one for one in names), names
    assert all(text.endswith("%") for text in page.texts("#standards .share"))
    page.button("By standard")
    assert page.find("#by-standard").is_displayed()
    requirements = page.texts("#list .group .main b")
    assert requirements == page.texts("#standards details:first-child tbody th")
    page.find("#list button").click()
    assert page.texts("#list .inner .status")


def test_link_opens_its_finding(chromium: Browser) -> None:
    chromium.open("small", f"#{FIRST['id']}")
    chromium.until("return document.getElementById('detail').open")
    text = chromium.find("#detail").text
    for part in ["title", "name", "expected", "actual", "message", "risk", "check"]:
        assert FIRST[part].replace("`", "") in text, part
    assert FIRST["remedy"]["cli"] in text
    for line in FIRST["remedy"]["yaml"].splitlines():
        assert line in text
    assert chromium.find("#permalink").get_attribute("href").endswith(f"#{FIRST['id']}")
    chromium.button("Close")
    chromium.until("return !document.getElementById('detail').open")
    assert "#findings" in chromium.driver.current_url


def test_keys_are_enough(page: Browser) -> None:
    press(page, "/")
    assert page.run("return document.activeElement.id") == "search"
    press(page, *"shop")
    for _ in range(40):
        press(page, Keys.TAB)
        if page.run("return document.activeElement.closest('#list') !== null"):
            break
    first = focused(page)
    press(page, Keys.ARROW_DOWN)
    second = focused(page)
    assert first != second
    press(page, Keys.ARROW_UP)
    assert focused(page) == first
    press(page, Keys.END)
    last = page.run("return document.activeElement.closest('li').getAttribute('aria-posinset')")
    assert int(last) == page.count()
    press(page, Keys.HOME, Keys.ENTER)
    page.until("return document.getElementById('detail').open")
    title = page.find("#detail-title").text
    press(page, "j")
    assert page.find("#detail-title").text != title
    press(page, "k")
    assert page.find("#detail-title").text == title
    press(page, Keys.ESCAPE)
    page.until("return !document.getElementById('detail').open")
    assert focused(page) == first


def test_groups_open_and_close_by_keys(page: Browser) -> None:
    page.button("By check")
    page.run("document.querySelector('#list button').focus()")
    press(page, Keys.ARROW_RIGHT)
    assert page.run("return document.activeElement.getAttribute('aria-expanded')") == "true"
    press(page, Keys.ARROW_DOWN)
    assert page.run("return document.activeElement.tagName") == "A"
    press(page, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert page.run("return document.activeElement.getAttribute('aria-expanded')") == "false"


def test_print_shows_the_filtered_findings_in_full(page: Browser) -> None:
    page.button("Critical")
    page.button("Failed")
    fit = page.count()
    assert fit > 0
    page.view(DESKTOP, media="print")
    page.until("return document.querySelectorAll('#print article').length > 0")
    assert len(page.texts("#print article")) == fit
    assert not page.find("#app").is_displayed()
    assert page.find("#print article").is_displayed()
    assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    paper = base64.b64decode(page.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert paper.startswith(b"%PDF")
    page.view(DESKTOP)


def test_page_without_scripts_can_be_read(chromium: Browser) -> None:
    chromium.view(DESKTOP)
    chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.open("small", f"#{FIRST['id']}", scripts=False)
        text = chromium.find("main").text
        article = chromium.find("#plain article")
    finally:
        shown = article.text
        chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    for part in [
        "Point-in-time recovery is on",
        "of 100",
        "could not be assessed",
        "Passed and not applicable",
    ]:
        assert part in text, part
    for part in ["title", "name", "expected", "actual", "message", "risk", "check"]:
        assert FIRST[part].replace("`", "") in shown, part
    assert FIRST["remedy"]["cli"] in shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_violation(chromium: Browser, size: tuple[int, int], scheme: str) -> None:
    chromium.view(size, scheme)
    chromium.open("small")
    assert chromium.run("return document.documentElement.scrollWidth <= window.innerWidth"), "it is too wide"
    chromium.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert chromium.violations() == []
    for view in ["By check", "By resource", "By standard"]:
        chromium.button(view)
        chromium.find("#list button").click()
        chromium.button("Failed")
        assert chromium.violations() == [], view
    chromium.open("small", f"#{FIRST['id']}")
    chromium.until("return document.getElementById('detail').open")
    assert chromium.violations() == []
    assert chromium.run("return document.getElementById('detail').scrollWidth <= window.innerWidth"), (
        "it is too wide"
    )
    chromium.view(DESKTOP)


def test_hostile_text_is_text(chromium: Browser) -> None:
    chromium.view(DESKTOP)
    chromium.open("hostile")
    for view in ["By check", "By resource", "All findings"]:
        chromium.button(view)
    chromium.find("#list a").click()
    chromium.until("return document.getElementById('detail').open")
    for _ in range(6):
        press(chromium, "j")
    chromium.view(DESKTOP, media="print")
    chromium.until("return document.querySelectorAll('#print article').length > 0")
    assert chromium.run("return window.hit") is None
    assert (
        chromium.run(
            "return document.querySelectorAll('img, main script, dialog script, [onmouseover]').length"
        )
        == 0
    )
    assert "\\u202e" in chromium.run("return document.body.textContent")
    assert "\u202e" not in chromium.run("return document.documentElement.textContent")
    chromium.view(DESKTOP)


def test_hundred_thousand_findings_fit_and_are_shown(chromium: Browser) -> None:
    size = (Path(FOLDER) / "large.html").stat().st_size
    assert size <= 8_000_000
    chromium.view(DESKTOP)
    chromium.open("large")
    assert chromium.count() == FACTS["large"]["total"] == 100_000
    assert len(chromium.texts("#list li")) < 60, "only the rows in sight are drawn"
    opening = []
    for _ in range(5):
        chromium.open("large")
        opening.append(float(chromium.run("return document.documentElement.dataset.ready")))
    steps = {
        "status": "document.querySelector('.chip').click()",
        "search": "search.value = 'orders'; search.dispatchEvent(new Event('input'))",
        "two words": "search.value = 'orders recovery'; search.dispatchEvent(new Event('input'))",
        "by resource": "document.querySelectorAll('.views button')[2].click()",
        "all findings": "document.querySelectorAll('.views button')[0].click()",
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    time.sleep(0.5)
    for _ in range(5):
        for name, step in steps.items():
            # From the input to the frame in which the result is drawn.
            script = (
                "const done = arguments[0]; const begin = performance.now();"
                "const search = document.getElementById('search');"
                f"{step};"
                "requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)))"
            )
            times[name].append(chromium.driver.execute_async_script(script))
        assert 0 < chromium.count() < FACTS["large"]["statuses"]["fail"]
        chromium.button("Clear the filter")
        assert chromium.count() == 100_000
    shown = ", ".join(f"{name} {took(value)}" for name, value in times.items())
    print(f"\n100,000 findings: {size / 1e6:.2f} MB, opens in {took(opening)}; filters: {shown}")


def took(values: list[float]) -> str:
    """The best time and the median."""
    return f"{min(values):.0f} ms (median {sorted(values)[len(values) // 2]:.0f})"
