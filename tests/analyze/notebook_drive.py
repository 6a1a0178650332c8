"""Opens what a notebook keeps of a report, in the real browser and without a network, and uses the page in it.

    notebook_drive.py SWEEP_DIR PAGE.html

Printed is JSON: what the frame shows, what went wrong, and what a viewer shows that removes frames.
"""

import json
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

import sweepkit


def main():
    sweep, saved = Path(sys.argv[1]), Path(sys.argv[2])
    output = sweepkit.Sweep.open(sweep).report(height=500)._repr_html_()
    saved.write_text(f"<!DOCTYPE html><html><head><title>notebook</title></head><body>{output}</body></html>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(offline=True, viewport={"width": 1100, "height": 700})
        page = context.new_page()
        errors, requests = [], []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(saved.as_uri())
        frame = page.frame_locator("iframe")
        search = frame.locator("input[type=search]").first
        search.scroll_into_view_if_needed()
        search.fill("lr<0.01")
        page.wait_for_timeout(400)
        told = {
            "heading": frame.locator("h1").inner_text(),
            "rows": frame.locator("tbody tr:visible").count(),
            "height": page.locator("iframe").bounding_box()["height"],
            "errors": errors,
            "requests": [url for url in requests if url.startswith("http")],
            "instead": re.sub("<[^>]*>", "", re.sub('srcdoc="[^"]*"', "", output)),
        }
        frame.locator("a[href^='#']").first.evaluate("link => link.click()")
        page.wait_for_timeout(200)
        told["still"] = frame.locator("h1").count() == 1 and page.url == saved.as_uri()
        browser.close()
    print(json.dumps(told))


main()
