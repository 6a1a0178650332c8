"""Explores three reports in Chromium as a reader would, and prints as JSON what it found: tests/analyze/instrument.rs says what
that must be. What a selection must hold is counted in sweep.parquet, not in the page."""

import csv
import io
import json
import sys
from pathlib import Path

import polars
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from settled import still, wait

UNFOLD = "document.querySelectorAll('main details.fold').forEach(details => { details.open = true; })"
found = {"messages": [], "violations": []}
# What conditions name, by its column in sweep.parquet.
RATES = {"lr": "cfg.OPTIM.BASE_LR", "wd": "cfg.OPTIM.WEIGHT_DECAY"}
DIGITS = RATES | {"OPTIM.BASE_LR": RATES["lr"], "OPTIM.WEIGHT_DECAY": RATES["wd"], "objective": "test_ema_epoch.min_top1_err"}


class Reader:
    """A page, and what a reader does with it."""

    def __init__(self, context, url):
        self.url = url
        self.page = context.new_page()
        self.page.on("console", lambda message: found["messages"].append(message.text))
        self.page.on("pageerror", lambda error: found["messages"].append(str(error)))
        self.page.goto(url)
        self.page.evaluate(UNFOLD)

    def again(self, fragment=""):
        self.page.goto("about:blank")
        self.page.goto(self.url + fragment)
        self.page.evaluate(UNFOLD)

    def fragment(self):
        return "#" + self.page.url.partition("#")[2]

    def wait(self, milliseconds=80):
        wait(self.page, milliseconds)

    def plot(self, section, at=0):
        return self.page.locator(f"#{section} .plot").nth(at)

    def drag(self, plot, start, end):
        box = still(self.page, plot)
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

    def count(self):
        """How many jobs the table has."""
        return int(self.page.locator(".count").first.text_content().split()[0].replace(",", ""))

    def search(self, text):
        self.page.get_by_role("searchbox").first.fill(text)
        self.wait(170)
        return self.count()

    def texts(self, selector):
        return self.page.locator(selector).all_text_contents()

    def accessible(self, where, width, scheme):
        """What axe finds, however small."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        self.wait()
        root = "document.documentElement"
        found["violations"] += [f"{where}, {width}, {scheme}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in Axe().run(self.page).response["violations"]]
        if self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
            found["violations"].append(f"{where}, {width}: wider than the window")
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def clipboard(self):
        return self.page.evaluate("navigator.clipboard.readText()")


def expected(table, conditions, columns=None):
    """The jobs that fulfil the conditions, by sweep.parquet."""
    columns = columns or DIGITS
    for condition in conditions:
        for name, (low, high) in condition.items():
            value = polars.col(columns[name])
            table = table.filter((value >= (low if low is not None else -1e300)) & (value <= (high if high is not None else 1e300)))
    return sorted(table["job"].to_list())


def counted(reader, table):
    """How many jobs are selected by the bar, and by the conditions of the address: once they agree, since a busy machine shows the
    one before the other, or after two seconds."""
    for _ in range(20):
        counts = reader.selected(), len(expected(table, reader.conditions()))
        if counts[0] == counts[1]:
            break
        reader.wait(100)
    return counts


def brushes(reader, table):
    """Three drags, in three figures."""
    steps = []
    for section, at, start, end in (("metrics", 0, (0.3, 0.2), (0.8, 0.85)), ("metrics", 1, (0.3, 0.1), (0.9, 0.8)), ("parallel", 0, (60 / 900, 0.3), (63 / 900, 0.7))):
        reader.drag(reader.plot(section, at), start, end)
        steps.append([*counted(reader, table), len(reader.chips())])
    found["steps"] = steps
    found["chips"] = reader.chips()
    found["count"] = reader.page.locator(".count").first.text_content()
    reader.page.locator("nav a").first.click()
    address = reader.fragment()
    reader.again(address)
    found["restored"] = [reader.selected(), reader.chips() == found["chips"]]
    reader.drag(reader.plot("metrics"), (0.35, 0.2), (0.8, 0.85))
    found["replaced"] = [*counted(reader, table), len(reader.chips())]
    reader.button("Copy --only").click()
    reader.wait()
    found["only"] = [reader.clipboard(), expected(table, reader.conditions())]
    reader.button("Copy CSV").click()
    reader.wait()
    rows = list(csv.reader(io.StringIO(reader.clipboard())))
    found["csv"] = [rows[0], [int(row[0]) for row in rows[1:]]]
    reader.page.locator(".chip").first.click()
    found["removed"] = [*counted(reader, table), len(reader.chips())]
    reader.button("Clear").click()
    found["cleared"] = [reader.selected(), "sel" in reader.page.url]


def distribution(reader, table):
    """A drag over the curve of the errors."""
    reader.again()
    plot = reader.plot("edf")
    reader.drag(plot, (0.3, 0.5), (0.5, 0.6))
    found["edf"] = [*counted(reader, table), list(reader.conditions()[0])]
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
    found["old"] = [*counted(reader, table), "brush" in reader.page.url]
    reader.again("#sel=lrr%3D1&sel=lr%3D..1")
    found["lacking"] = [reader.page.locator(".selection .problem").text_content(), len(reader.chips())]


def searches(reader, table):
    """The language of the search, counted in sweep.parquet."""
    reader.again()
    rate, decay = polars.col("cfg.OPTIM.BASE_LR"), polars.col("cfg.OPTIM.WEIGHT_DECAY")
    cases = {
        "lr=1e-2..1": rate.is_between(0.01, 1),
        "lr<0.01 or lr>1": (rate < 0.01) | (rate > 1),
        "lr<0.01 or lr>1 wd<1e-3": (rate < 0.01) | ((rate > 1) & (decay < 1e-3)),
        "(lr<0.01 or lr>1) wd<1e-3": ((rate < 0.01) | (rate > 1)) & (decay < 1e-3),
        "-lr=..0.1": rate > 0.1,
        "not (lr<0.1) wd!=..1e-3": (rate >= 0.1) & (decay > 1e-3),
        '"learning rate">=0.5': rate >= 0.5,
        "job=3..5,9": polars.col("job").is_in([3, 4, 5, 9]),
        "000012": polars.col("job") == 12,
        "state=done": polars.lit(True),
        "state!=done": polars.lit(False),
        "error=none": polars.lit(False),
        '"done 5."': polars.col("test_ema_epoch.min_top1_err").is_between(5, 6, closed="left"),
    }
    found["searches"] = [[text, reader.search(text), table.filter(wanted).height] for text, wanted in cases.items()]
    found["mistakes"] = []
    for text in ("lrr<3", "lr<abc", "state<3", "(lr<1", "lr=", "<3", "or"):
        reader.search("lr<1")
        reader.search(text)
        found["mistakes"].append([text, reader.page.locator("#problem-0").text_content(), reader.count()])
    found["kept"] = reader.search("lr<1")
    reader.search("lr=1e-2..1")
    address = reader.fragment()
    reader.page.get_by_role("searchbox").first.press("Enter")
    reader.wait()
    found["entered"] = [reader.selected(), table.filter(cases["lr=1e-2..1"]).height, reader.chips()]
    reader.again(address)
    found["searched"] = [reader.count(), table.filter(cases["lr=1e-2..1"]).height]


def columns(reader):
    """Which columns the table has, and the buttons of states."""
    reader.again()
    page = reader.page
    heads = ".jobs thead th"
    found["heads"] = reader.texts(heads)
    page.locator(".chooser summary").click()
    page.locator(".choices label", has_text="flops").locator("input").click()
    page.locator(".choices label", has_text="WEIGHT_DECAY").locator("input").click()
    found["chosen"] = reader.texts(heads)
    reader.accessible("columns", 400, "dark")
    reader.again(reader.fragment())
    found["chosen_again"] = reader.texts(heads)
    reader.button("done 64").click()
    found["state"] = [reader.chips(), reader.selected(), page.get_by_role("button", name="done 64").get_attribute("aria-pressed")]
    reader.button("done 64").click()
    found["stateless"] = reader.chips()


def comparisons(reader, table):
    """Two jobs side by side."""
    reader.again()
    page = reader.page
    for job in (12, 19):
        page.get_by_role("checkbox", name=f"Compare job 0000{job}").click()
    reader.button("Compare 2 jobs").click()
    found["compared"] = [page.locator(".comparison h2").text_content(), page.locator(".comparison .line[d]").count()]
    rows = [[cell.text_content() for cell in row.locator("th, td").all()] for row in page.locator(".comparison tbody").nth(1).locator("tr").all()]
    configs = table.filter(polars.col("job").is_in([12, 19])).sort("job").select("^cfg\\..*$").to_dict(as_series=False)
    # A description that only repeats what was sampled is told once.
    wanted = sorted(name.removeprefix("cfg.") for name, (a, b) in configs.items() if a != b and name != "cfg.DESC")
    found["differing"] = [[row[0] for row in rows], wanted]
    reader.accessible("comparison", 400, "light")
    address = reader.fragment()
    page.locator(".comparison .all input").click()
    found["all_keys"] = page.locator(".comparison tbody").nth(1).locator("tr").count() > len(rows)
    reader.again(address)
    found["compared_again"] = page.locator(".comparison h2").text_content()
    page.keyboard.press("Escape")
    found["pins"] = reader.chips()
    page.locator(".pin").first.click()
    found["unpinned"] = reader.chips()
    reader.again("#sel=job%3D3..5")
    reader.button("Compare 3 jobs").click()
    found["three"] = page.locator(".comparison thead").first.locator("th").count()


def steps(reader, table):
    """From job to job in the dialog, in the order of the table."""
    reader.again("#q=lr%3D1e-2..1")
    order = reader.texts(".jobs tbody a")[:3]
    page = reader.page
    page.locator(".jobs tbody a").first.click()
    titles = [page.locator("dialog h2").first.text_content()]
    found["first"] = [page.get_by_role("button", name="Previous job").is_disabled(), page.locator(".steps .note").text_content()]
    reader.button("Next job").click()
    titles.append(page.locator("dialog h2").first.text_content())
    page.keyboard.press("ArrowRight")
    titles.append(page.locator("dialog h2").first.text_content())
    found["stepped"] = [titles, [f"Job {job}" for job in order]]
    found["step_address"] = f"job={order[2]}" in page.url
    page.keyboard.press("ArrowLeft")
    found["back"] = [page.locator("dialog h2").first.text_content(), titles[1]]
    reader.accessible("job", 1280, "dark")


def explores(reader, table):
    """The selection beside the whole, its curves, and the free scatter plot."""
    reader.again("#sel=lr%3D1e-2..1")
    page = reader.page
    page.locator("#explore").scroll_into_view_if_needed()
    reader.wait(300)
    rows = [[cell.text_content() for cell in row.locator("th, td").all()] for row in page.locator("#explore tbody tr").all()]
    error = polars.col("test_ema_epoch.min_top1_err")
    part = table.filter(polars.col("cfg.OPTIM.BASE_LR").is_between(0.01, 1))
    numbers = lambda some: [str(some.height), *(f"{some.select(of).item():.4g}" for of in (error.min(), error.median())), "0 %"]
    found["beside"] = [rows, [["all jobs", *numbers(table)], ["selected", *numbers(part)]]]
    found["selected_curves"] = [page.locator("#explore figure").nth(2).locator("path.line").count(), part.height]
    free = page.locator("#explore .choosers")
    free.get_by_label("x", exact=True).select_option(label="WEIGHT_DECAY")
    free.get_by_label("color").select_option(label="error (%)")
    free.get_by_label("log y").click()
    address = reader.fragment()
    reader.drag(reader.plot("explore"), (0.3, 0.02), (0.6, 0.98))
    found["free"] = [*counted(reader, table), page.locator("#explore figcaption").nth(1).text_content()]
    reader.again(address)
    choices = page.locator("#explore .choosers")
    found["free_again"] = [choices.get_by_label("x", exact=True).input_value(), choices.get_by_label("color").input_value(), choices.get_by_label("log x").is_checked(), choices.get_by_label("log y").is_checked()]
    plot = reader.plot("explore")
    plot.focus()
    page.keyboard.press("ArrowRight")
    found["free_key"] = page.locator(".tip").inner_text().split(" ")[0]
    reader.accessible("page", 1280, "light")
    reader.accessible("page", 400, "dark")


def keyboard(reader):
    """The stops of the Tab key on the way to the table, and the figures by Page Down."""
    reader.again()
    page = reader.page
    draw = lambda: (page.locator("#explore").scroll_into_view_if_needed(), reader.wait(300), page.evaluate("scrollTo(0, 0)"))
    draw()
    where = "document.activeElement.closest('section')?.id ?? document.activeElement.className"
    stops = []
    while not stops or (stops[-1] != "jobs-0" and len(stops) < 100):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(where))
    found["stops"] = [len(stops), stops[0]]
    reader.again()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    found["skipped"] = page.evaluate("document.activeElement.closest('main') !== null")
    draw()
    page.locator("section figure svg").first.evaluate("svg => (svg.closest('.plot') ?? svg).focus()")
    reached = 1
    seen = page.evaluate("document.activeElement.getAttribute('aria-label')")
    while reached < 100:
        page.keyboard.press("PageDown")
        now = page.evaluate("document.activeElement.getAttribute('aria-label') + document.activeElement.getBoundingClientRect().top + scrollY")
        if now == seen:
            break
        seen, reached = now, reached + 1
    figures = page.evaluate("[...document.querySelectorAll('section figure svg')].filter(svg => svg.getClientRects().length).length")
    found["reached"] = [reached, figures]
    page.locator("#edf .plot").focus()
    page.keyboard.press("ArrowRight")
    found["corner"] = page.locator(".tip").inner_text().splitlines()
    page.keyboard.press("s")
    found["saving"] = page.evaluate("document.activeElement.textContent")
    page.locator(".jobs tbody a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    found["row"] = [reader.texts(".pin"), reader.texts(".jobs tbody a")[1]]


def without_clipboard(context, url):
    """Where the page may use no clipboard, the text is shown to be copied."""
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;")
    page.goto(url + "#sel=job%3D3..5,9")
    page.get_by_role("button", name="Copy --only").click()
    found["shown"] = page.locator("dialog.copy textarea").input_value()


def many(context, url, table):
    """The same of many jobs: what is drawn is density there, and rows come into the table as it scrolls."""
    columns = {"lr": "cfg.lr", "wd": "cfg.wd", "objective": "metrics.loss.min"}
    reader = Reader(context, url)
    page = reader.page
    lr, wd = polars.col("cfg.lr"), polars.col("cfg.wd")
    query = "(lr=1e-3..1e-1 or wd<1e-5) -opt=sgd"
    fits = (lr.is_between(1e-3, 1e-1) | (wd < 1e-5)) & (polars.col("cfg.opt") != "sgd")
    found["many_searched"] = [reader.search(query), table.filter(fits).height]
    reader.search("")
    plot = reader.plot("metrics")
    plot.scroll_into_view_if_needed()
    plot.focus()
    page.keyboard.press("ArrowRight")
    first = int(page.locator(".tip").inner_text().split()[1])
    # Figures have whole units: a hundredth of the rate, here.
    found["many_key"] = [table.filter(polars.col("job") == first)["cfg.lr"][0] <= 1.02 * table["cfg.lr"].min(), True]
    reader.drag(plot, (0.35, 0.3), (0.7, 0.8))
    reader.drag(reader.plot("edf"), (0.2, 0.5), (0.5, 0.6))
    rows = expected(table, reader.conditions(), columns)
    found["many"] = [[reader.selected(), reader.count()], [len(rows), len(rows)]]
    reader.button("Copy --only").click()
    reader.wait()
    found["many_only"] = [reader.clipboard(), rows]
    jobs = page.locator(".jobs").first
    for _ in range(2):
        jobs.get_by_role("button", name="lr").click()
    chosen = table.filter(polars.col("job").is_in(rows))
    found["many_sorted"] = [jobs.locator("tbody a").first.text_content(), f"{chosen.sort('cfg.lr', descending=True)['job'][0]:06}"]
    jobs.locator("tbody a").first.focus()
    page.keyboard.press("End")
    last = jobs.locator("tbody a").last
    found["many_last"] = [last.text_content(), f"{chosen.sort('cfg.lr')['job'][0]:06}"]
    page.locator("#explore").scroll_into_view_if_needed()
    reader.wait(400)
    beside = page.locator("#explore tbody tr").nth(1).locator("td").first.text_content()
    found["many_beside"] = [beside, f"{len(rows):,}"]


def main(browser, tables, pages):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = polars.read_parquet(tables[0])
    reader = Reader(context, pages[0])
    brushes(reader, table)
    distribution(reader, table)
    folded(reader)
    addresses(reader, table)
    searches(reader, table)
    columns(reader)
    comparisons(reader, table)
    steps(reader, table)
    explores(reader, table)
    keyboard(reader)
    without_clipboard(context, pages[0])
    many(context, pages[2], polars.read_parquet(tables[1]))
    reader = Reader(context, pages[1])
    reader.accessible("groups", 1280, "dark")


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium, sys.argv[1:3], [f"file://{path}" for path in sys.argv[3:]])
    finally:
        chromium.close()
        print(json.dumps(found))
