"""Takes the README's pictures from the running site: start it with `make run`, then
`.venv/bin/python deploy/screenshots.py http://localhost:8000 STAFF_NAME`. Asks for the password of that staff sign-in.
"""

import getpass
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 760}


def main(site, staff):
    password = getpass.getpass(f"Password of {staff}: ")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path, name, viewport in (("/", "home", DESKTOP), ("/conditions/sciatica/", "sciatica", PHONE)):
            page = browser.new_page(viewport=viewport)
            page.goto(site + path)
            page.screenshot(path=FOLDER / f"{name}.png")
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{site}/admin/login/")
        page.get_by_label("Username").fill(staff)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{site}/admin/desk/")
        page.screenshot(path=FOLDER / "desk.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Say the site's address and the name of a staff sign-in.")
    main(*sys.argv[1:])
