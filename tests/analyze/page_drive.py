"""Drives two reports in Chromium and prints as JSON what it found: tests/analyze/page.rs says what that must be."""

import csv
import io
import json
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from settled import still, wait

COUNT = ".count"
PAPER = "getComputedStyle(document.body).backgroundColor"
UNFOLD = "document.querySelectorAll('main details.fold').forEach(details => { details.open = true; })"
found = {"messages": [], "requests": [], "violations": []}


def painted(page):
    """In how many figures of jobs the selection is painted: a figure is when it comes into view."""
    figures = 0
    for plot in page.locator("section:not(#explore) .plot").all():
        plot.scroll_into_view_if_needed()
        wait(page, 100)
        figures += plot.locator("canvas").first.evaluate("canvas => canvas.width > 0")
    return figures


def number(text):
    return int(text.split()[0])


def value(text):
    """A number as the page shows it: 0.01, 12,345, 3.6×10⁻⁵."""
    mantissa, _, power = text.replace(",", "").replace("−", "-").rpartition("×")
    if "10" not in power or power.isascii():
        return float(power)
    power = power.removeprefix("10").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{mantissa or 1}e{power}")


def opened(context, url):
    page = context.new_page()
    page.on("console", lambda message: found["messages"].append(message.text))
    page.on("pageerror", lambda error: found["messages"].append(str(error)))
    page.on("request", lambda request: request.url.startswith("http") and found["requests"].append(request.url))
    page.goto(url)
    page.evaluate(UNFOLD)
    return page


def again(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.evaluate(UNFOLD)


def accessible(page, where):
    """What axe finds in light and in dark, however small."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[scheme] = page.evaluate(PAPER)
        violations = Axe().run(page).response["violations"]
        found["violations"] += [
            f"{where}, {scheme}: {v['id']}: {v['nodes'][0]['html'][:200]}"
            for v in violations
        ]


def saved(page, button):
    with page.expect_download() as download:
        button.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return download.value.suggested_filename, text


def table(page, section, at=0):
    button = page.locator(f"#{section} figure").nth(at).get_by_role("button", name="Data as CSV")
    name, text = saved(page, button)
    return {"name": name, "rows": list(csv.reader(io.StringIO(text)))}


def inside(page, locator):
    """From shares of an element to places on the screen."""
    box = still(page, locator)
    return lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def tip_at(page, place):
    page.mouse.move(*place)
    wait(page, 150)
    tip = page.locator(".tip")
    return tip.inner_text() if tip.is_visible() else ""


def somewhere(page, locator):
    """What something in a figure says."""
    at = inside(page, locator)
    places = [(x / 10, y / 10) for x in range(2, 9) for y in range(2, 8)]
    return next(filter(None, (tip_at(page, at(*place)) for place in places)), "")


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    wait(page, 150)


def gap(values, wanted):
    """The middle of the gap between values that is nearest to what is wanted: no rounding of the pointer crosses a value."""
    ends = sorted({0.0, 1.0, *values})
    return min(((a + b) / 2 for a, b in zip(ends, ends[1:]) if b - a > 0.012), key=lambda middle: abs(middle - wanted))


# The dots of a figure, as shares of its size.
DOTS = """() => {
  const group = document.querySelector('#metrics g[data-x]'), { width, height } = group.closest('svg').viewBox.baseVal;
  const dots = [...group.querySelectorAll('circle')].map(c => [+c.getAttribute('cx'), +c.getAttribute('cy')]);
  const path = group.querySelector('.dots')?.getAttribute('d') ?? '';
  for (const [, x, y] of path.matchAll(/M(\\d+) (\\d+)h0/g)) dots.push([+x, +y]);
  return dots.map(([x, y]) => [x / width, y / height]);
}"""


def points(page):
    plot = page.locator("#metrics .plot").first
    at = inside(page, plot)
    found["hover"] = tip_at(page, at(0.5, 0.6))
    dots = page.evaluate(DOTS)
    (left, right), (top, bottom) = ([gap([dot[axis] for dot in dots], end) for end in ends] for axis, ends in enumerate(((0.3, 0.8), (0.22, 0.85))))
    drag(page, at(left, top), at(right, bottom))
    count = page.locator(COUNT).first
    found["brushed"] = number(count.text_content())
    found["painted"] = painted(page)
    address = page.url
    found["inside"] = sum(left < x < right and top < y < bottom for x, y in dots)
    again(page, address)
    found["restored"] = number(page.locator(COUNT).first.text_content())
    page.get_by_role("button", name="All jobs").first.click()
    found["cleared"] = page.locator(COUNT).first.text_content()


def threads(page):
    plot = page.locator("#parallel .plot")
    at = inside(page, plot)
    starts = page.evaluate("""() => [...document.querySelectorAll('#parallel polyline')].map(line =>
      line.points[0].y / line.closest('svg').viewBox.baseVal.height)""")
    top, bottom = gap(starts, 0.3), gap(starts, 0.55)
    # The first axis is 60 of 900 from the left.
    drag(page, at(60 / 900, top), at(63 / 900, bottom))
    found["along"] = number(page.locator(COUNT).first.text_content())
    address = page.url
    found["along_axis"] = sum(top < y < bottom for y in starts)
    found["along_painted"] = [painted(page), page.locator("section:not(#explore) .plot").count()]
    found["thread"] = tip_at(page, inside(page, plot)(0.5, 0.5))
    again(page, address)
    found["along_restored"] = number(page.locator(COUNT).first.text_content())
    again(page, address.split("#")[0])
    page.locator("#parallel .plot").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    found["best"] = page.locator("dialog h2").text_content()
    page.keyboard.press("Escape")


def names(page):
    """What is no job says its name and its values, too."""
    found["curve"] = somewhere(page, page.locator("#edf svg"))
    cell = page.locator("#correlations rect").first
    at = inside(page, cell)
    found["cell"] = tip_at(page, at(0.5, 0.5))
    found["pair"] = somewhere(page, page.locator("#pairs .plot"))


def jobs(page):
    count = page.locator(COUNT).first
    table = page.locator(".jobs").first
    heads = [head.text_content() for head in table.locator("th").all()]
    column = heads.index("BASE_LR") + 1
    table.get_by_role("button", name="BASE_LR").click()
    rates = [value(cell.text_content()) for cell in table.locator(f"tbody td:nth-child({column})").all()]
    found["sorted"] = len(rates) > 10 and rates == sorted(rates)
    # The table rounds: between two rates there is no doubt.
    middle = sum(rates[len(rates) // 2 - 1 :][:2]) / 2
    search = page.get_by_role("searchbox").first
    search.fill(f"base_lr<{middle}")
    wait(page, 300)
    found["searched"] = number(count.text_content())
    found["below"] = sum(rate < middle for rate in rates)
    search.fill("")
    wait(page, 300)


def without_room(url):
    """The page as it would be if job 12 and a key had found no room."""
    path = Path(url.removeprefix("file://"))
    html = path.read_text(encoding="utf-8")
    start = html.index('id="data">') + len('id="data">')
    end = html.index("</script>", start)
    data = json.loads(html[start:end])
    found["details"] = len(data["sweeps"][0]["details"])
    del data["sweeps"][0]["details"]["12"]
    data["sweeps"][0]["config"]["left"] = ["OPTIM.STEPS"]
    copy = path.with_name("without.html")
    copy.write_text(html[:start] + json.dumps(data).replace("<", "\\u003c") + html[end:], encoding="utf-8")
    return f"file://{copy}"


def dialog(page, url):
    again(page, url + "#job=12")
    found["dialog"] = page.locator("dialog h2").text_content()
    page.locator("dialog summary").click()
    found["config"] = page.locator("dialog .config pre").inner_text()
    found["bold"] = page.locator("dialog .config strong").all_inner_texts()
    found["curve_texts"] = page.locator("dialog .curve text, dialog .curve li").all_text_contents()
    accessible(page, "dialog")
    page.set_viewport_size({"width": 400, "height": 800})
    wide = "dialog => dialog.scrollWidth - dialog.clientWidth"
    found["dialog_overflow"] = page.locator("dialog[open]").evaluate(wide)
    page.set_viewport_size({"width": 1280, "height": 900})
    again(page, without_room(url) + "#job=12")
    page.locator("dialog summary").click()
    found["no_room"] = page.locator("dialog[open]").inner_text()
    again(page, url)
    page.locator(".jobs tbody a").first.click()
    found["curves"] = page.locator("dialog path.line").count()
    page.keyboard.press("Escape")
    page.locator("#metrics .plot").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait(page, 150)
    found["keyboard"] = page.locator("dialog[open]").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")


def files(page):
    figures = page.locator("section figure").filter(has=page.locator("svg"))
    buttons = [page.get_by_role("button", name=name).count() for name in ("Save as SVG", "Data as CSV")]
    found["figures"] = [figures.count(), *buttons]
    name, text = saved(page, page.locator("#metrics figure").first.get_by_role("button", name="Save as SVG"))
    found["svg"] = [name, text[:200]]
    sections = ("metrics", "pairs", "parallel", "correlations", "edf", "matters")
    found["csv"] = {section: table(page, section) for section in sections}


def finger(browser, url):
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True)
    page = opened(context, url)
    root = "document.documentElement"
    found["overflow"] = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    circle = page.locator("#metrics circle").first
    circle.scroll_into_view_if_needed()
    box = circle.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait(page, 150)
    found["tapped"] = page.locator("dialog h2").text_content()
    page.keyboard.press("Escape")
    cell = page.locator("#correlations rect").first
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait(page, 150)
    found["tapped_cell"] = page.locator(".tip").inner_text()


def groups(context, url):
    """The page of several groups and objectives."""
    page = opened(context, url)
    files = [page.get_by_role("button", name=name).count() for name in ("Save as SVG", "Data as CSV")]
    found["groups_files"] = files
    sections = ("metrics-trends", "models-best", "pareto", "search")
    found["groups_csv"] = {section: table(page, section) for section in sections}
    found["categories"] = table(page, "metrics", 2)
    page.locator("#metrics figure").nth(2).locator(".plot").focus()
    page.keyboard.press("ArrowRight")
    found["category"] = page.locator(".tip").inner_text()
    circle = page.locator("#pareto circle").first
    at = inside(page, circle)
    found["front"] = tip_at(page, at(0.5, 0.5))
    accessible(page, "groups")


def main(browser, first, second):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = opened(context, first)
    found["rows"] = page.locator(COUNT).first.text_content()
    for part in (points, threads, names, jobs):
        again(page, first)
        part(page)
    dialog(page, first)
    files(page)
    accessible(page, "page")
    groups(context, second)
    finger(browser, first)


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium, *(f"file://{path}" for path in sys.argv[1:3]))
    finally:
        chromium.close()
        print(json.dumps(found))
