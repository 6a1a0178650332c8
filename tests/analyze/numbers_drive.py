"""Reads the numbers of a report in Chromium, without its script and with it: tests/analyze/numbers.rs says what they must be."""

import csv
import io
import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from settled import wait

WANTED = ["metrics.loss", "id", "rate"]
# The cells of the wanted columns, by job.
CELLS = """wanted => {
  const table = document.querySelector('#jobs-0 table'), heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent);
  const at = name => heads.indexOf(name);
  const rows = [...table.tBodies[0].rows].filter(row => row.ariaHidden !== 'true');
  return Object.fromEntries(rows.map(row => [row.cells[at('job')].textContent, wanted.map(name => row.cells[at(name)].textContent)]));
}"""


def tips(page, jobs):
    """What the keyboard hears of each job of the scatter plot."""
    plot = page.locator("#metrics .plot").first
    plot.focus()
    said = {}
    for _ in range(jobs):
        page.keyboard.press("ArrowRight")
        lines = page.locator("main > [aria-live]").first.text_content().split(", ")
        values = dict(line.rsplit(" ", 1) for line in lines[1:])
        said[lines[0].split()[1]] = [values[name] for name in WANTED]
    return said


def main(browser, url):
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(url)
    found = {"written": still.evaluate(CELLS, WANTED)}
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(url)
    page.evaluate("document.querySelectorAll('main details.fold').forEach(details => { details.open = true; })")
    found["shown"] = page.evaluate(CELLS, WANTED)
    found["told"] = tips(page, len(found["written"]))
    box, count = page.get_by_role("searchbox").first, page.locator(".count").first
    found["searched"] = []
    for cells in list(found["written"].values())[::4]:
        box.fill(f"rate={cells[2].replace(',', '')}")
        wait(page, 200)
        same = sum(other[2] == cells[2] for other in found["written"].values())
        found["searched"].append([cells[2], int(count.text_content().split()[0]), same])
    box.fill("rate=3.58741×10⁻⁵..12345")
    box.press("Enter")
    found["chip"] = page.locator(".chip").first.text_content().removesuffix(" ×")
    page.goto(url + "#sel=rate%3D3.58741e-5..12345")
    page.reload()
    found["address"] = page.evaluate("new URLSearchParams(location.hash.slice(1)).getAll('sel')")
    with page.expect_download() as download:
        page.evaluate("document.querySelectorAll('main details.fold').forEach(details => { details.open = true; })")
        page.locator("#metrics figure").first.get_by_role("button", name="Data as CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    found["csv"] = [cell for row in rows[1:] for cell in row[2:]]
    return found | {"messages": messages}


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
    try:
        print(json.dumps(main(chromium, f"file://{sys.argv[1]}")))
    finally:
        chromium.close()
