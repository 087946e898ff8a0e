"""Draw docs/images/explore.png: the live map of the report of the digits, in the system's Chromium.

``python docs/page_picture.py [RUN]`` fits the bundled digits with seed 0, or takes the page of RUN.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).parent / "images" / "explore.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LINE = ((150, 190), (470, 330))
"""Ends of the line that is walked, in units of the map's drawing, which is 640 wide."""


def picture(page: Page) -> bytes:
    """Walk a line, draw a stroke, and return a picture of the section."""
    chart = page.locator(".map svg.chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    places = [
        (box["x"] + x * box["width"] / 640, box["y"] + y * box["width"] / 640) for x, y in LINE
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()
    page.get_by_role("button", name="copy").click()
    page.wait_for_timeout(200)
    return page.locator("#explore").screenshot()


def main(page: Path) -> None:
    """Draw the picture of a page."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("There is no Chromium here: install it by the system's package manager.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 900, "height": 1300}, device_scale_factor=1.25)
        window.goto(page.resolve().as_uri())
        image = Image.open(io.BytesIO(picture(window))).convert("RGB")
        browser.close()
    image.quantize(256, kmeans=4).save(PICTURE, optimize=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]) / "report.html")
    else:
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "digits"
            command = [sys.executable, "-m", "isthmus", "fit", "digits", "--out", str(run)]
            subprocess.run([*command, "--quiet"], check=True)
            main(run / "report.html")
