"""Waits for a page in the browser."""

SETTLED = "new Promise(settled => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(settled))))"


def wait(page, milliseconds):
    """Waits so long, and until the page has done what is due by then: on a busy machine it paints late."""
    page.wait_for_timeout(milliseconds)
    page.evaluate(SETTLED)
