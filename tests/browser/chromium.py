"""A real Chromium, driven by WebDriver: pages by their names, waits with deadlines, screenshots. Needs Debian's
chromium, chromium-driver and python3-selenium.

Nothing that this file prints or saves contains a token: queries are removed from addresses, long random words replaced.
"""

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import (JavascriptException, NoSuchElementException, StaleElementReferenceException,
                                        TimeoutException, WebDriverException)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"

# Maximum wait, seconds, for anything a page does.
SLOW = 60.0
POLL_SECONDS = 0.05

FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")

# Width and height of viewports, pixels.
WIDE, NARROW = (1100, 900), (390, 844)
# Chromium's default font size, pixels, and twice that.
USUAL_TEXT, LARGE_TEXT = {"standard": 16, "fixed": 13}, {"standard": 32, "fixed": 26}
APPEARANCES = ("light", "dark", "narrow", "large")


T = TypeVar("T")


class Missing(AssertionError):
    """Something did not appear in time, or was not as expected."""


def redacted(text: str) -> str:
    """Replaces long random words: tokens, handles, ids, secrets. Words of lowercase letters only are kept."""
    return re.sub(r"(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{20,}", "…", text)


def is_between_pages(error: WebDriverException) -> bool:
    """Whether the error is due to a page being replaced by the next one."""
    gone = (NoSuchElementException, StaleElementReferenceException, JavascriptException)
    # The driver's message when the page disappears during inspection.
    return isinstance(error, gone) or "does not belong to the document" in str(error.msg)


class Screenshots:
    """A folder of numbered screenshots, and the faults found while taking them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.*"):
            old.unlink()
        self.folder, self.number, self.faults = folder, 0, []

    def path(self, name: str, suffix: str = "png") -> Path:
        self.number += 1
        return self.folder / f"{self.number:02}-{name}.{suffix}"


class Browser:
    """A Chromium with a fresh profile."""

    def __init__(self, screenshots: Screenshots, launches_at: str, programs: Path) -> None:
        """`countenance:` links on pages of the origin `launches_at` are passed to `xdg-open` in the folder `programs`,
        without Chromium's confirmation prompt."""
        self.screenshots = screenshots
        self.profile = tempfile.TemporaryDirectory(prefix="countenance-browser-", ignore_cleanup_errors=True)
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        arguments = ["--headless=new", "--lang=en", f"--window-size={WIDE[0]},{WIDE[1]}", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", f"--user-data-dir={self.profile.name}"]
        # Chromium's sandbox does not work as root, which CI uses.
        for argument in arguments + (["--no-sandbox"] if os.getuid() == 0 else []):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {
            "protocol_handler": {"allowed_origin_protocol_pairs": {launches_at: {"countenance": True}}}})
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        service = Service(DRIVER, env=environment, log_path=os.path.join(self.profile.name, "driver.log"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(SLOW)

    def close(self) -> None:
        self.driver.quit()
        self.profile.cleanup()

    # Location

    def where(self) -> str:
        """Origin and path."""
        url = urlsplit(self.driver.current_url)
        return f"{url.scheme}://{url.netloc}{url.path}"

    def name(self) -> str:
        """The page's name from `data-page`."""
        return self.driver.find_element(By.TAG_NAME, "html").get_attribute("data-page") or ""

    def text(self) -> str:
        """The visible text."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    def alert(self) -> str:
        """The text of the page's alert."""
        return self.driver.find_element(By.CSS_SELECTOR, "[role=alert]").text

    def find(self, css: str) -> WebElement:
        return self.until(lambda: self.driver.find_element(By.CSS_SELECTOR, css), css)

    def has(self, css: str) -> bool:
        return bool(self.driver.find_elements(By.CSS_SELECTOR, css))

    def row(self, head: str) -> WebElement:
        """The table row with this header."""
        xpath = f"//tr[th[@scope='row'][normalize-space()='{head}']]"
        return self.until(lambda: self.driver.find_element(By.XPATH, xpath), f"a row “{head}”")

    # Waits

    def until(self, found: Callable[[], T], what: str) -> T:
        """Waits until `found` returns something truthy, and returns it."""
        def attempt(_: webdriver.Chrome) -> T | None:
            try:
                return found()
            except WebDriverException as error:
                if is_between_pages(error):
                    return None
                raise

        try:
            return WebDriverWait(self.driver, SLOW, poll_frequency=POLL_SECONDS).until(attempt)
        except TimeoutException:
            raise Missing(f"timed out after {SLOW:.0f} s waiting for {what}; found: {self.description()}") from None

    def is_ready(self) -> bool:
        return self.driver.execute_script("return document.readyState") == "complete"

    def page(self, *names: str) -> str:
        """Waits for a page with one of these names and returns the name."""
        return self.until(lambda: self.is_ready() and self.name() in names and self.name(), " or ".join(names))

    def arrive(self, *addresses: str) -> str:
        """Waits until the browser is at one of these addresses and returns it."""
        return self.until(lambda: self.is_ready() and self.where() in addresses and self.where(), " or ".join(addresses))

    def says(self, *texts: str) -> None:
        """Asserts that the page contains all these texts."""
        said = self.text()
        for text in texts:
            if text not in said:
                raise Missing(f"the page does not contain “{text}”: {self.description()}")

    def does_not_say(self, *texts: str) -> None:
        """Asserts that none of these texts is in the page's source, visible or not."""
        source = self.driver.page_source
        for text in texts:
            if text in source:
                raise Missing(f"the page must not contain “{redacted(text)}”: {self.description()}")

    def description(self) -> str:
        try:
            said = " / ".join(self.text().split("\n"))[:300]
            return redacted(f"{self.where()} “{self.name()}”: {said}")
        except WebDriverException as error:
            return f"no page: {error.msg}"

    # User actions

    def open(self, url: str) -> None:
        self.driver.get(url)

    def open_beside(self, url: str) -> None:
        """Opens an address in a new tab, as for a link from another program."""
        self.driver.switch_to.new_window("tab")
        self.driver.get(url)

    def press(self, css: str) -> None:
        """Clicks an element that leads to another page."""
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.find(css).click()
        self.until(lambda: self.is_gone(before) and self.is_ready(), f"the page after clicking {css}")

    def is_gone(self, element: WebElement) -> bool:
        try:
            element.is_enabled()
            return False
        except WebDriverException as error:
            return is_between_pages(error)

    def submit(self, field: str) -> None:
        """Submits the form that has this field, with its button."""
        self.press(f'form:has([name="{field}"]) button')

    def fill(self, **fields: str | bool) -> None:
        """Fills in, selects or checks fields by name."""
        for name, value in fields.items():
            field = self.find(f'[name="{name}"]:not([type=hidden])')
            if isinstance(value, bool):
                if field.is_selected() != value:
                    field.click()
            elif field.tag_name == "select":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value)

    def reload(self) -> None:
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.refresh()
        self.until(lambda: self.is_gone(before) and self.is_ready(), "the page to reload")

    def back(self) -> None:
        self.driver.back()
        self.until(self.is_ready, "the previous page")

    @contextmanager
    def without_script(self):
        """Disables JavaScript, as a user can."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        yield
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    # Screenshots

    def screenshot(self, name: str, appearances: tuple[str, ...] = ("light",)) -> None:
        """Takes a screenshot of the whole page in each of these appearances, and records its faults."""
        for appearance in appearances:
            self.set_appearance(appearance)
            faults = self.driver.execute_script(FAULTS)
            self.screenshots.faults += [f"{name}, {appearance}: {redacted(fault)}" for fault in faults]
            self.save_screenshot(name, appearance)
        self.set_appearance("light")

    def set_appearance(self, appearance: str) -> None:
        run = self.driver.execute_cdp_cmd
        scheme = "dark" if appearance == "dark" else "light"
        run("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        run("Page.setFontSizes", {"fontSizes": LARGE_TEXT if appearance == "large" else USUAL_TEXT})
        run("Emulation.setDeviceMetricsOverride", self.screen(appearance))

    @staticmethod
    def screen(appearance: str) -> dict:
        size = NARROW if appearance in ("narrow", "large") else WIDE
        return {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}

    def save_screenshot(self, name: str, appearance: str = "light") -> Path:
        """A screenshot of the whole page: the viewport is made as high as the page."""
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        screen = self.screen(appearance)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**screen, "height": max(height, screen["height"])})
        path = self.screenshots.path(name if appearance == "light" else f"{name}-{appearance}")
        self.driver.save_screenshot(str(path))
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        return path

    def save_failure(self, name: str) -> None:
        """Saves a screenshot and the HTML of every tab, for debugging."""
        for handle in self.driver.window_handles:
            self.driver.switch_to.window(handle)
            path = self.save_screenshot(f"{name}-failed")
            path.with_suffix(".html").write_text(redacted(self.driver.page_source), encoding="utf-8")
