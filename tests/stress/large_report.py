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

COLUMNS = {"lr": "cfg.OPTIM.BASE_LR", "objective": "test_ema_epoch.min_top1_err.min"}
# Of many jobs the page has a place among so many steps for each value: at the edges one step is in doubt, and
# one unit of the figure, for points lie on whole ones.
STEPS = 65_000
found = {"messages": []}


def place(values, ratio):
    return values.log() if ratio else values


def within(table, group, brush):
    """How many jobs lie in the rectangle for sure, and how many at most."""
    left, top, right, bottom = map(float, group["box"].split())
    sure = most = pl.lit(True)
    for axis, (low, high), (begin, end) in (("x", (left, right), brush[:2]), ("y", (bottom, top), brush[2:])):
        ratio = group[f"{axis}log"] == "true"
        span = [math.log(float(v)) if ratio else float(v) for v in group[f"{axis}span"].split()]
        at = lambda unit: span[0] + (unit - low) / (high - low) * (span[1] - span[0])
        edges = sorted((at(begin), at(end)))
        values = table[COLUMNS[group[axis]]]
        # The script packs by ratio what spans much, whatever the axis does.
        packed = values if values.min() <= 0 or not ratio else place(values, True)
        doubt = (packed.max() - packed.min()) / STEPS
        doubt += abs((span[1] - span[0]) / (high - low))
        values = place(pl.col(COLUMNS[group[axis]]), ratio)
        sure &= values.is_between(edges[0] + doubt, edges[1] - doubt)
        most &= values.is_between(edges[0] - doubt, edges[1] + doubt)
    return [table.filter(condition).height for condition in (sure, most)]


def main(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: found["messages"].append(message.text))
    page.on("pageerror", lambda error: found["messages"].append(str(error)))
    begin = time.perf_counter()
    page.goto("file://" + sys.argv[1])
    found["load_ms"] = round(1000 * (time.perf_counter() - begin))
    paints = "performance.getEntriesByType('paint').map(entry => [entry.name, Math.round(entry.startTime)])"
    page.wait_for_timeout(300)
    found["paint_ms"] = dict(page.evaluate(paints))
    found["elements"] = page.evaluate("document.querySelectorAll('*').length")
    count = page.locator(".count").first
    found["all"] = count.text_content()

    group = page.locator("g[data-x=lr][data-y=objective]").first
    group.scroll_into_view_if_needed()
    box = group.evaluate("group => { const { x, y, width, height } = group.closest('svg').getBoundingClientRect();"
                         " return { x, y, width, height }; }")
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    before = count.text_content()
    begin = time.perf_counter()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("before => document.querySelector('.count').textContent !== before", arg=before)
    found["brush_ms"] = round(1000 * (time.perf_counter() - begin))
    page.wait_for_timeout(500)
    found["brushed"] = int(count.text_content().split()[0])
    # Rows out of sight are one high row above and one below.
    found["listed"] = page.evaluate("""() => {
      const rows = [...document.querySelector('.count').closest('section').querySelectorAll('.jobs tbody tr')];
      const height = row => Number.parseFloat(row.style.height || 0) / 32;
      return rows.reduce((sum, row) => sum + (row.ariaHidden === 'true' ? height(row) : 1), 0);
    }""")
    brush = page.url.split("brush=")[1].split("&")[0].replace("%2C", ",").split(",")
    data = dict(group.evaluate("group => ({ ...group.dataset })"))
    columns = [pl.col(name) for name in COLUMNS.values()]
    found["within"] = within(pl.read_parquet(sys.argv[2]).select(columns), data, [float(at) for at in brush[1:]])


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium)
    finally:
        chromium.close()
        print(json.dumps(found))
