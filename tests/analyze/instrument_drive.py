"""Explores two reports in Chromium as a reader would, and prints as JSON what it found: tests/analyze/instrument.rs says what
that must be. What a selection must hold is counted in sweep.parquet, not in the page."""

import csv
import io
import json
import sys

import polars
from playwright.sync_api import sync_playwright

found = {"messages": []}


class Reader:
    """A page, and what a reader does with it."""

    def __init__(self, context, url):
        self.url = url
        self.page = context.new_page()
        self.page.on("console", lambda message: found["messages"].append(message.text))
        self.page.on("pageerror", lambda error: found["messages"].append(str(error)))
        self.page.goto(url)

    def again(self, fragment=""):
        self.page.goto("about:blank")
        self.page.goto(self.url + fragment)

    def fragment(self):
        return "#" + self.page.url.partition("#")[2]

    def wait(self, milliseconds=120):
        self.page.wait_for_timeout(milliseconds)

    def plot(self, section, at=0):
        return self.page.locator(f"#{section} .plot").nth(at)

    def drag(self, plot, start, end):
        plot.scroll_into_view_if_needed()
        self.wait()
        box = plot.bounding_box()
        place = lambda at: (box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1])
        self.page.mouse.move(*place(start))
        self.page.mouse.down()
        self.page.mouse.move(*place(end), steps=3)
        self.page.mouse.up()
        self.wait()

    def button(self, name):
        return self.page.get_by_role("button", name=name)

    def selected(self):
        """How many jobs the bar says are selected; None where it says nothing."""
        words = self.page.locator(".selection strong")
        return int(words.text_content().split()[0].replace(",", "")) if words.is_visible() else None

    def chips(self):
        return [text.removesuffix(" ×") for text in self.page.locator(".chip").all_text_contents()]

    def conditions(self):
        """The conditions of the address, by column: the least and the greatest value."""
        texts = self.page.evaluate("new URLSearchParams(location.hash.slice(1)).getAll('sel')")
        ends = lambda text: [float(end) if end else None for end in text.split("..")]
        return [{part.split("=")[0]: ends(part.split("=")[1]) for part in text.split()} for text in texts]

    def clipboard(self):
        return self.page.evaluate("navigator.clipboard.readText()")


def expected(table, conditions):
    """The jobs that fulfil the conditions, by sweep.parquet."""
    columns = {"OPTIM.BASE_LR": "cfg.OPTIM.BASE_LR", "OPTIM.WEIGHT_DECAY": "cfg.OPTIM.WEIGHT_DECAY", "objective": "test_ema_epoch.min_top1_err"}
    columns |= {"lr": columns["OPTIM.BASE_LR"], "wd": columns["OPTIM.WEIGHT_DECAY"]}
    for condition in conditions:
        for name, (low, high) in condition.items():
            value = polars.col(columns[name])
            table = table.filter((value >= (low if low is not None else -1e300)) & (value <= (high if high is not None else 1e300)))
    return sorted(table["job"].to_list())


def brushes(reader, table):
    """Three drags, in three figures."""
    steps = []
    for section, at, start, end in (("metrics", 0, (0.3, 0.2), (0.8, 0.85)), ("metrics", 1, (0.3, 0.1), (0.9, 0.8)), ("parallel", 0, (60 / 900, 0.3), (63 / 900, 0.7))):
        reader.drag(reader.plot(section, at), start, end)
        steps.append([reader.selected(), len(expected(table, reader.conditions())), len(reader.chips())])
    found["steps"] = steps
    found["chips"] = reader.chips()
    found["count"] = reader.page.locator(".count").first.text_content()
    address = reader.fragment()
    reader.again(address)
    found["restored"] = [reader.selected(), reader.chips() == found["chips"]]
    reader.drag(reader.plot("metrics"), (0.35, 0.2), (0.8, 0.85))
    found["replaced"] = [reader.selected(), len(expected(table, reader.conditions())), len(reader.chips())]
    reader.button("Copy --only").click()
    reader.wait()
    found["only"] = [reader.clipboard(), expected(table, reader.conditions())]
    reader.button("Copy CSV").click()
    reader.wait()
    rows = list(csv.reader(io.StringIO(reader.clipboard())))
    found["csv"] = [rows[0], [int(row[0]) for row in rows[1:]]]
    reader.page.locator(".chip").first.click()
    found["removed"] = [reader.selected(), len(expected(table, reader.conditions())), len(reader.chips())]
    reader.button("Clear").click()
    found["cleared"] = [reader.selected(), "sel" in reader.page.url]


def distribution(reader, table):
    """A drag over the curve of the errors."""
    reader.again()
    plot = reader.plot("edf")
    reader.drag(plot, (0.3, 0.5), (0.5, 0.6))
    found["edf"] = [reader.selected(), len(expected(table, reader.conditions())), list(reader.conditions()[0])]
    found["edf_drawn"] = plot.locator("canvas").first.evaluate("canvas => canvas.width > 0")


def folded(reader):
    """A figure that is folded away when jobs are selected shows them when it opens."""
    reader.again()
    reader.page.evaluate(
        """() => { const details = document.createElement('details'), grid = document.querySelector('#metrics .figures');
        grid.replaceWith(details); details.append(Object.assign(document.createElement('summary'), { textContent: 'More' }), grid); }"""
    )
    reader.drag(reader.plot("parallel"), (60 / 900, 0.3), (63 / 900, 0.7))
    drawn = "canvas => canvas.width > 0"
    closed = reader.plot("metrics").locator("canvas").first.evaluate(drawn)
    reader.page.locator("#metrics summary").first.click()
    reader.wait(200)
    found["folded"] = [closed, reader.plot("metrics").locator("canvas").first.evaluate(drawn)]


def addresses(reader, table):
    """An address as older pages wrote it, and one that asks for what the page lacks."""
    reader.again("#brush=1,400,900,200,500")
    found["old"] = [reader.selected(), len(expected(table, reader.conditions())), "brush" in reader.page.url]
    reader.again("#sel=lrr%3D1&sel=lr%3D..1")
    found["lacking"] = [reader.page.locator(".problem").text_content(), len(reader.chips())]


def renewed(reader):
    """New data: one job less, and the first with another learning rate."""
    reader.again("#sel=objective%3D..50")
    before = reader.selected()
    reader.page.evaluate(
        """() => { const data = JSON.parse(document.getElementById('data').textContent), [sweep] = data.sweeps;
        sweep.columns.find(column => column.name === 'objective').values = { of: [1, 99], u1: btoa(String.fromCharCode(...Array(64).fill(0).fill(1, 3))) };
        document.dispatchEvent(new CustomEvent('newdata', { detail: data })); }"""
    )
    reader.wait()
    found["renewed"] = [before, reader.selected(), reader.page.locator(".count").first.text_content(), reader.chips()]


def main(browser, pages, parquet):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = polars.read_parquet(parquet)
    reader = Reader(context, pages[0])
    brushes(reader, table)
    distribution(reader, table)
    folded(reader)
    addresses(reader, table)
    renewed(reader)


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium, [f"file://{path}" for path in sys.argv[2:]], sys.argv[1])
    finally:
        chromium.close()
        print(json.dumps(found))
