"""Runs the axe engine on a page and keeps what a person has to look at."""

import re
import tomllib
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

REVIEWED = tomllib.loads((Path(__file__).parent / "axe_reviewed.toml").read_text())["entry"]
# A dark page is the light one in other colors: its markup was looked at there.
COLOR_RULES = ["color-contrast", "link-in-text-block"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class AxeReport:
    """Collects findings over many pages. `problems` must be empty; `unused()` names reviewed entries nothing needed,
    but for those of the large runs."""

    def __init__(self):
        self.engine = Axe()
        self.problems = []
        self.used = set()
        self.pages = 0

    def visit(self, page, label, *, colors_only=False, rules_off=()):
        # Preloading copies style sheets into inline ones, which the site's own policy rightly forbids.
        options = {
            "runOnly": {"type": "rule", "values": COLOR_RULES} if colors_only else {"type": "tag", "values": TAGS},
            "resultTypes": ["violations", "incomplete"],
            "preload": False,
            "rules": {rule: {"enabled": False} for rule in rules_off},
        }
        found = self.engine.run(page, options=options).response
        self.pages += 1
        for result in found["violations"]:
            for node in result["nodes"]:
                self.problems.append(
                    f"{label}: {result['id']} at {node['target']}: {node.get('failureSummary', '')[:300]}"
                )
        for result in found["incomplete"]:
            for node in result["nodes"]:
                if not self.is_reviewed(result["id"], str(node["target"]), label):
                    why = "; ".join(check["message"] for check in node["any"] + node["all"] + node["none"])
                    self.problems.append(f"{label}: to review: {result['id']} at {node['target']}: {why[:300]}")

    def is_reviewed(self, rule, target, label):
        for number, entry in enumerate(REVIEWED):
            if entry["rule"] == rule and re.search(entry["target"], target) and re.search(entry["page"], label):
                self.used.add(number)
                return True
        return False

    def unused(self):
        return [entry for number, entry in enumerate(REVIEWED) if number not in self.used and "large" not in entry]
