"""Drives the report in Chromium and prints as JSON what it found: tests/page.rs says what that must be."""

import json
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

URL = "file://" + sys.argv[1]
COUNT = ".count"
found = {"messages": [], "requests": []}


def number(text):
    return int(text.split()[0])


def serious(page):
    violations = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations if v["impact"] in ("serious", "critical")
    ]


def saved(page, button):
    with page.expect_download() as download:
        button.click()
    with open(download.value.path(), encoding="utf-8") as file:
        return file.read()


def main(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: found["messages"].append(message.text))
    page.on("pageerror", lambda error: found["messages"].append(str(error)))
    page.on("request", lambda request: request.url.startswith("http") and found["requests"].append(request.url))
    page.goto(URL)
    count = page.locator(COUNT).first
    found["rows"] = count.text_content()

    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    at = lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    page.mouse.move(*at(0.5, 0.6))
    page.wait_for_timeout(150)
    found["hover"] = page.locator(".tip").inner_text()

    page.mouse.move(*at(0.3, 0.2))
    page.mouse.down()
    page.mouse.move(*at(0.8, 0.85), steps=4)
    page.mouse.up()
    page.wait_for_timeout(150)
    found["brushed"] = number(count.text_content())
    found["painted"] = page.evaluate("[...document.querySelectorAll('.plot canvas')].filter(c => c.width > 0).length")
    address = page.url
    # The dots of the figure itself that lie in the rectangle.
    found["inside"] = page.evaluate(
        """address => {
          const [, x0, x1, y0, y1] = new URLSearchParams(address.split('#')[1]).get('brush').split(',').map(Number);
          const group = document.querySelector('g[data-x]');
          const dots = [...group.querySelectorAll('circle')].map(c => [+c.getAttribute('cx'), +c.getAttribute('cy')]);
          const path = group.querySelector('.dots')?.getAttribute('d') ?? '';
          for (const [, x, y] of path.matchAll(/M(\\d+) (\\d+)h0/g)) dots.push([+x, +y]);
          return dots.filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1).length;
        }""",
        address,
    )
    page.goto("about:blank")
    page.goto(address)
    found["restored"] = number(page.locator(COUNT).first.text_content())
    page.get_by_role("button", name="All jobs").first.click()
    count = page.locator(COUNT).first
    found["cleared"] = count.text_content()

    table = page.locator(".jobs").first
    heads = [head.text_content() for head in table.locator("th").all()]
    column = heads.index("BASE_LR") + 1
    table.get_by_role("button", name="BASE_LR").click()
    rates = [float(cell.text_content()) for cell in table.locator(f"tbody td:nth-child({column})").all()]
    found["sorted"] = len(rates) > 10 and rates == sorted(rates)
    # The table rounds: between two rates there is no doubt.
    middle = sum(rates[len(rates) // 2 - 1 :][:2]) / 2
    search = page.get_by_role("searchbox").first
    search.fill(f"base_lr<{middle}")
    page.wait_for_timeout(300)
    found["searched"] = number(count.text_content())
    found["below"] = sum(rate < middle for rate in rates)
    search.fill("")
    page.wait_for_timeout(300)

    page.goto(URL + "#job=12")
    page.wait_for_timeout(150)
    found["dialog"] = page.locator("dialog h2").text_content()
    page.keyboard.press("Escape")
    page.goto("about:blank")
    page.goto(URL)
    page.locator(".jobs tbody a").first.click()
    found["curves"] = page.locator("dialog polyline").count()
    page.keyboard.press("Escape")
    plot = page.locator(".plot").first
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_timeout(150)
    found["keyboard"] = page.locator("dialog").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")

    figure = page.locator("figure").filter(has=page.locator(".plot")).first
    found["svg"] = saved(page, figure.get_by_role("button", name="Save as SVG"))[:200]
    found["csv"] = saved(page, figure.get_by_role("button", name="Data as CSV"))[:200]

    paper = "getComputedStyle(document.body).backgroundColor"
    found["light"] = page.evaluate(paper)
    found["violations"] = serious(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = page.evaluate(paper)
    found["violations"] += serious(page)
    page.set_viewport_size({"width": 400, "height": 800})
    root = "document.documentElement"
    found["overflow"] = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        main(chromium)
    finally:
        chromium.close()
        print(json.dumps(found))
