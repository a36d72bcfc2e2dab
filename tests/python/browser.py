"""Chromium, driven through ChromeDriver, and a server on loopback that says what was asked for."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

AXE = Path(__file__).resolve().parents[2] / ".cache/axe/node_modules/axe-core/axe.min.js"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = (1280, 900), (390, 844)


class Browser:
    """A browser with the means that the tests need."""

    def __init__(self, driver: webdriver.Chrome, url: str, asked: list[str]) -> None:
        self.driver, self.url, self.asked = driver, url, asked

    def open(self, report: str, fragment: str = "", scripts: bool = True) -> None:
        """Opens a report anew, and waits until its script is done."""
        self.driver.get("about:blank")
        self.asked.clear()
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(f"{self.url}/{report}.html{fragment}")
        if scripts:
            self.until("return document.documentElement.dataset.ready !== undefined")

    def run(self, script: str, *arguments: Any) -> Any:
        """Runs a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str) -> None:
        """Waits until a script is true."""
        WebDriverWait(self.driver, 30, poll_frequency=0.05).until(lambda _: self.run(script))

    def find(self, selector: str) -> WebElement:
        """The first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements in sight."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)", selector
        )

    def button(self, label: str) -> None:
        """Presses the button of a label."""
        self.run(
            "[...document.querySelectorAll('button')]"
            ".find(one => one.textContent.trim().startsWith(arguments[0])).click()",
            label,
        )

    def type(self, text: str) -> None:
        """Searches for a text."""
        search = self.find("#search")
        search.clear()
        search.send_keys(text)

    def count(self) -> int:
        """The number of findings that fit the filter."""
        return int(self.find("#count").text.split()[0].replace(",", ""))

    def view(self, size: tuple[int, int], scheme: str = "light", media: str = "screen") -> None:
        """Sets the size of the window, the colour scheme and the medium."""
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def requests(self) -> list[str]:
        """The addresses that the page asked for, as the browser says."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            one["params"]["request"]["url"]
            for one in messages
            if one["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What stands in the console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is."""
        self.run(AXE.read_text())
        found = self.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document).then(one => done(one.violations), error => done(String(error)))"
        )
        assert isinstance(found, list), found
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
        ]


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser, and a server with the files of a folder."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    profile = tempfile.mkdtemp()
    for flag in [*FLAGS, f"--user-data-dir={profile}", "--window-size=1280,900"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, Service(str(shutil.which("chromedriver"))))
    try:
        driver.set_script_timeout(60)
        yield Browser(driver, f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        driver.quit()
        server.shutdown()
        server.server_close()
        shutil.rmtree(profile, ignore_errors=True)
