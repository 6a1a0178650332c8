"""Waits for a page in the browser, and for what is on it."""

SETTLED = "new Promise(settled => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(settled))))"


def wait(page, milliseconds):
    """Waits so long, and until the page has done what is due by then: on a busy machine it paints late."""
    page.wait_for_timeout(milliseconds)
    page.evaluate(SETTLED)


def still(page, locator):
    """Where an element is once nothing moves it any more: figures that a scroll brings into view are drawn then."""
    box = before = None
    for _ in range(20):
        locator.scroll_into_view_if_needed()
        wait(page, 100)
        box, before = locator.bounding_box(), box
        if box == before:
            break
    return box
