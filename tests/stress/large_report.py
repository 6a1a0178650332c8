"""Opens the report of a large sweep in Chromium, draws a rectangle and prints as JSON what it found.

    large_report.py PAGE SWEEP_PARQUET

tests/stress/large_report.rs says what that must be. The times are figures for docs/performance.md and decide nothing.
"""

import json
import math
import sys
import time

import polars as pl
from playwright.sync_api import sync_playwright

ERROR = "test_ema_epoch.min_top1_err.min"
COLUMNS = {"lr": "cfg.OPTIM.BASE_LR", "OPTIM.BASE_LR": "cfg.OPTIM.BASE_LR", "objective": ERROR}
# Of many jobs the page has a place among so many steps for each value, by ratio or not: at the edges one step is in doubt.
STEPS = 65_000
UNFOLD = "document.querySelectorAll('main details.fold').forEach(details => { details.open = true; })"
CONDITIONS = "new URLSearchParams(location.hash.slice(1)).getAll('sel')"
VISITS = 5
# The time from the release of the pointer until the number of selected jobs is painted, and so the figures in view and the table.
ANSWERED = """() => addEventListener('pointerup', event => {
  const painted = () => setTimeout(() => { window.answered ??= Math.round(performance.now() - event.timeStamp); });
  new MutationObserver(() => requestAnimationFrame(painted)).observe(document.querySelector('.count'), { childList: true, characterData: true, subtree: true });
}, { capture: true, once: true })"""
found = {"messages": []}


def jobs_of(text):
    return int(text.split()[0].replace(",", ""))


def within(table, conditions):
    """How many jobs fulfil the conditions of an address for sure, and how many at most."""
    sure = most = pl.lit(True)
    for name, ends in (part.split("=") for text in conditions for part in text.split()):
        value = pl.col(COLUMNS[name])
        values = table[COLUMNS[name]]
        low, high = (float(end) if end else bound for end, bound in zip(ends.split(".."), (values.min(), values.max())))
        share = math.log(values.max() / values.min()) / STEPS if values.min() > 0 else 0.0
        doubt = lambda at: max((values.max() - values.min()) / STEPS, share * abs(at))
        sure &= value.is_between(low + doubt(low), high - doubt(high))
        most &= value.is_between(low - doubt(low), high + doubt(high))
    return [table.filter(condition).height for condition in (sure, most)]


def main(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: found["messages"].append(message.text))
    page.on("pageerror", lambda error: found["messages"].append(str(error)))
    loads, paints = [], []
    for _ in range(VISITS):
        page.goto("about:blank")
        begin = time.perf_counter()
        page.goto("file://" + sys.argv[1])
        loads.append(round(1000 * (time.perf_counter() - begin)))
        page.wait_for_timeout(300)
        paints.append(page.evaluate("Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)"))
    found.update(load_ms=sorted(loads), paint_ms=sorted(paints))
    found["elements"] = page.evaluate("document.querySelectorAll('*').length")
    count = page.locator(".count").first
    found["all"] = count.text_content()

    page.evaluate(UNFOLD)
    group = page.locator("g[data-x=lr][data-y=objective]").first
    group.scroll_into_view_if_needed()
    box = group.evaluate("group => { const { x, y, width, height } = group.closest('svg').getBoundingClientRect();"
                         " return { x, y, width, height }; }")
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.evaluate(ANSWERED)
    before = count.text_content()
    begin = time.perf_counter()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("before => document.querySelector('.count').textContent !== before", arg=before)
    found["brush_ms"] = round(1000 * (time.perf_counter() - begin))
    page.wait_for_timeout(500)
    found["answer_ms"] = page.evaluate("window.answered")
    found["brushed"] = jobs_of(count.text_content())
    # Rows out of sight are one high row above and one below.
    found["listed"] = page.evaluate("""() => {
      const rows = [...document.querySelector('.count').closest('section').querySelectorAll('.jobs tbody tr')];
      const height = row => Number.parseFloat(row.style.height || 0) / 32;
      return rows.reduce((sum, row) => sum + (row.ariaHidden === 'true' ? height(row) : 1), 0);
    }""")
    conditions = page.evaluate(CONDITIONS)
    found["conditions"] = len(conditions)
    found["within"] = within(pl.read_parquet(sys.argv[2]).select(set(COLUMNS.values())), conditions)


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium)
    finally:
        chromium.close()
        print(json.dumps(found))
