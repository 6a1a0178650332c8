"""Looks at reports in Chromium, on the screen, on a telephone and on paper, and prints as JSON what it found: tests/analyze/layout.rs
says what that must be."""

import json
import re
import sys

import pypdfium2
from playwright.sync_api import sync_playwright
from settled import wait

# The sections in their order, those that are folded marked, the height of the page, its smallest label, and labels that run
# into each other: of those that are turned the browser knows no narrow box.
LOOK = """() => {
  const labels = [...document.querySelectorAll('svg.figure')].filter(svg => svg.getClientRects().length).map(svg => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [...svg.querySelectorAll('text')].map(text => ({
      text: text.textContent.trim(), size: parseFloat(getComputedStyle(text).fontSize) * scale, box: text.getBoundingClientRect(),
      turned: text.hasAttribute('transform'), figure: svg.getAttribute('aria-label') }));
  });
  const both = (a, b) => Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1
    && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 2;
  const collisions = labels.flatMap(own => own.filter(label => !label.turned).flatMap((a, at, all) =>
    all.slice(at + 1).filter(b => both(a, b)).map(b => `${a.figure}: ${a.text} and ${b.text}`)));
  return {
    sections: [...document.querySelectorAll('main section')].map(s => (s.closest('details.fold') ? '+' : '') + s.id),
    height: document.documentElement.scrollHeight, labels: labels.flat().length,
    smallest: Math.min(...labels.flat().map(label => label.size)), collisions,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth };
}"""
OPEN = "document.querySelectorAll('main details').forEach(details => { details.open = true; })"
AXIS = "() => { const { xspan, yspan, xlog } = document.querySelector('#edf metadata').dataset; return [xspan, yspan, xlog]; }"
messages = []


def opened(browser, url, width):
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(url)
    return page


def last_lines(paper):
    """The last line of each printed page."""
    lines = []
    for page in pypdfium2.PdfDocument(paper):
        text = page.get_textpage()
        foot = min((text.get_rect(at)[1] for at in range(text.count_rects())), default=0)
        lines.append(text.get_text_bounded(0, foot - 1, page.get_width(), foot + 10).strip())
    return lines


def sizes(browser, url):
    """As it opens, with all unfolded, and on a telephone; and how many pages of paper it takes."""
    page = opened(browser, url, 1280)
    found = {"closed": page.evaluate(LOOK)}
    headings = page.evaluate("[...document.querySelectorAll('h2, h3')].map(heading => heading.textContent.trim())")
    lasts = last_lines(page.pdf(format="A4"))
    found |= {"pages": len(lasts), "parted": [line for line in lasts if line in headings]}
    page.evaluate(OPEN)
    found["open"] = page.evaluate(LOOK)
    narrow = opened(browser, url, 400)
    narrow.evaluate(OPEN)
    found["narrow"] = narrow.evaluate(LOOK)
    return found


def folds(page):
    """A link, the address and the button unfold."""
    is_open = lambda name: page.evaluate(f"document.querySelector('#{name}').closest('details').open")
    found = [is_open("search")]
    page.locator("nav a[href='#search']").click()
    found.append(is_open("search"))
    page.goto("about:blank")
    page.goto(URL + "#population")
    found.append(is_open("population"))
    page.get_by_role("button", name="Unfold all").click()
    count = "document.querySelectorAll('details.fold:not([open])').length"
    found.append(page.evaluate(count))
    wait(page, 100)
    page.get_by_role("button", name="Fold all").click()
    found.append(page.evaluate(count) > 5)
    return found


def distribution(page):
    """The axis of the errors by ratio, and zoomed to the good half."""
    steps = [page.evaluate(AXIS)]
    for name in ("good half", "log"):
        page.locator("#edf").get_by_role("button", name=name).click()
        steps.append(page.evaluate(AXIS))
    page.evaluate("document.querySelector('#edf').scrollIntoView()")
    looked = page.evaluate(LOOK)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    steps.append(page.evaluate(AXIS))
    for name in ("good half", "log"):
        page.locator("#edf").get_by_role("button", name=name).click()
    steps.append(page.evaluate(AXIS))
    curve = "document.querySelector('#edf .line').getAttribute('points').trim()"
    moved = page.evaluate(curve)
    page.goto("about:blank")
    page.goto(URL)
    rounded = lambda text: [round(float(number)) for number in re.split(r"[ ,]+", text)]
    same = rounded(moved) == rounded(page.evaluate(curve))
    return {"steps": steps, "collisions": looked["collisions"], "address": address, "same": same}


URL = f"file://{sys.argv[1]}"
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        found = {"pages": [sizes(chromium, f"file://{path}") for path in sys.argv[1:]]}
        found["folds"] = folds(opened(chromium, URL, 1280))
        found["distribution"] = distribution(opened(chromium, URL, 1280))
        print(json.dumps(found | {"messages": messages}))
    finally:
        chromium.close()
