"""Looks at the list of served sweeps in Chromium as a reader would, and prints as JSON what it found: tests/analyze/serve.rs says
what that must be."""

import json
import sys
import time

from playwright.sync_api import sync_playwright

found = {"messages": []}


def main(page, url):
    page.goto(url)
    cells = page.locator("tbody tr").first.locator("td")
    end = time.monotonic() + 30
    # The numbers come with the first news.
    while cells.count() < 4 or "reading" in cells.first.text_content():
        if time.monotonic() > end:
            raise TimeoutError(cells.all_text_contents())
        page.wait_for_timeout(100)
    link = page.locator("tbody a").nth(1)
    found["rows"] = page.locator("tbody tr").count()
    found["jobs"] = cells.first.text_content()
    # A row that is drawn anew keeps the focus.
    link.focus()
    page.evaluate("document.querySelector('tbody a').dataset.old = ''")
    while page.locator("tbody a").first.get_attribute("data-old") is not None:
        if time.monotonic() > end:
            raise TimeoutError("no news")
        page.wait_for_timeout(100)
    found["focus"] = page.evaluate("document.activeElement.textContent")
    found["warning"] = page.locator(".warning").is_visible()


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        page = chromium.new_page()
        page.on("console", lambda message: found["messages"].append(message.text))
        page.on("pageerror", lambda error: found["messages"].append(str(error)))
        main(page, sys.argv[1])
    finally:
        chromium.close()
        print(json.dumps(found))
