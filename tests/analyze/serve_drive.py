"""Watches a sweep that runs in Chromium as a reader would, and prints as JSON what it found: tests/analyze/serve.rs says what that
must be."""

import json
import re
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

found = {"messages": [], "requests": []}


def until(page, is_so):
    """Waits for what a script says; by calls of our own, since the page's policy forbids Playwright's."""
    end = time.monotonic() + 30
    while not page.evaluate(is_so):
        if time.monotonic() > end:
            raise TimeoutError(is_so)
        page.wait_for_timeout(100)


def ended(page):
    return int(page.locator("#live .facts dd").first.text_content().split()[0])


def violations(page):
    """What axe finds in what a live page has besides the report."""
    violations = Axe().run(page, context="#live").response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]


def place(page):
    """What a reader sees and has set: it must be the same after a new report."""
    return page.evaluate(
        """() => ({
          top: Math.round(document.getElementById('jobs-0').getBoundingClientRect().top),
          search: document.querySelector('#jobs-0 input[type=search]').value,
          rows: document.querySelectorAll('#jobs-0 tbody tr td a').length,
          hash: location.hash,
          chips: [...document.querySelectorAll('.chip')].map(chip => chip.textContent),
          open: [...document.querySelectorAll('main details[open] > summary')].map(each => each.textContent),
          live: document.querySelector('#live details').open,
        })"""
    )


def main(page, url):
    page.goto(url)
    page.evaluate("window.kept = 'the same page'")
    # A report with jobs that have ended, while others run.
    until(page, "Number(document.querySelector('#live .facts dd')?.textContent.split(' ')[0]) >= 2")
    page.get_by_role("button", name="New report now").click()
    until(page, "document.querySelector('#jobs-0 .tools')")
    page.evaluate("location.hash = '#sel=objective%3D..1000'")
    page.locator("#jobs-0 input[type=search]").fill("lr>0")
    page.locator("#live summary").first.click()
    details = page.locator("main details:visible")
    found["details"] = details.count()
    if found["details"]:
        details.last.locator("summary").first.click()
    page.evaluate("document.getElementById('jobs-0').scrollIntoView({ behavior: 'instant' })")
    page.wait_for_timeout(1700)
    before, was = place(page), ended(page)
    page.evaluate("document.querySelector('main').dataset.old = ''; window.before = document.querySelector('#live')")
    # The next report comes by itself or by this.
    until(page, f"Number(document.querySelector('#live .facts dd').textContent.split(' ')[0]) > {was}")
    page.evaluate("fetch('api/refresh')")
    until(page, "document.querySelector('main').dataset.old === undefined")
    page.wait_for_timeout(300)
    after = place(page)
    found["moved"] = abs(after.pop("top") - before.pop("top"))
    after["rows"], before["rows"] = after["rows"] >= before["rows"], True
    found["before"], found["after"] = before, after
    found["kept"] = page.evaluate("window.kept") + (" and panel" if page.evaluate("window.before === document.querySelector('#live')") else "")
    found["ended"] = [was, ended(page)]
    dialog(page)
    log(page)
    found["axe"] = violations(page)


def dialog(page):
    """A job of the report that is open when the next report comes."""
    page.evaluate("location.hash = '#job=000000'; document.querySelector('main').dataset.old = ''")
    until(page, "Boolean(document.querySelector('dialog:not(#live-job)[open]'))")
    page.wait_for_timeout(1600)
    page.evaluate("fetch('api/refresh')")
    until(page, "document.querySelector('main').dataset.old === undefined")
    page.wait_for_timeout(200)
    found["reopened"] = page.locator("dialog[open]").locator("h2").all_text_contents()
    page.keyboard.press("Escape")


def log(page):
    """A running job, while it logs."""
    page.locator("#live .tools input").fill("3")
    page.get_by_role("button", name="Look at job").click()
    dialog = page.locator("#live-job")
    until(page, "document.querySelector('#live-job pre[aria-label*=stdout]').textContent.includes('val_loss')")
    # The log is read at once, the state at the server's next look.
    until(page, "document.querySelector('#live-job p').textContent.startsWith('running')")
    out = dialog.locator("pre").nth(1)
    first = out.text_content()
    found["state"] = dialog.locator("p").first.text_content().split(",")[0]
    found["job"] = [bool(re.fullmatch(r"Job \d{6}, live", dialog.locator("h2").text_content())), dialog.locator("svg").count() > 0]
    found["escape"] = "\\u{1b}[31m" in first
    found["markup"] = [dialog.locator("pre b").count(), "<b>" in first]
    until(page, f"document.querySelectorAll('#live-job pre')[1].textContent !== {json.dumps(first)}")
    found["dialog"] = violations(page)
    page.keyboard.press("Escape")
    found["closed"] = not dialog.is_visible()


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        page = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
        page.on("console", lambda message: found["messages"].append(message.text))
        page.on("pageerror", lambda error: found["messages"].append(str(error)))
        page.on("request", lambda request: sys.argv[1] in request.url or found["requests"].append(request.url))
        main(page, sys.argv[1])
    finally:
        chromium.close()
        print(json.dumps(found))
