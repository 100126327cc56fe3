"""Patients and colleagues as processes of their own, who know nothing of Django: `python -m tests.race.visitors`.

One process is one person with a browser. Each line on its input is one thing to do as JSON, {"do": name, ...}; each
line on its output says what came of it. An "at" is an instant of the monotonic clock, which all processes of a machine
share: until then the person waits with the finger on the button.
"""

import html
import http.client
import json
import re
import sys
import time
from urllib.parse import urlencode

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
CHOSEN = re.compile(r'<input type="hidden" name="time" value="([0-9.]+)"')
DRAFT = re.compile(r"(/appointments/[0-9a-f-]{36}/)")
NEAR = re.compile(r'(?s)<ul class="bare near">(.*?)</ul>')
PATIENCE = 60


class Browser:
    """Cookies, and a connection for every request, as from many phones behind the clinic's proxy."""

    def __init__(self, port, cookies=None):
        self.port, self.cookies, self.token, self.address = port, dict(cookies or {}), "", "192.0.2.1"

    def get(self, path):
        status, headers, text = self.ask("GET", path)
        found = CSRF.search(text)
        if found:
            self.token = found[1]
        return status, headers, text

    def post(self, path, data, at=None):
        return self.ask("POST", path, urlencode({"csrfmiddlewaretoken": self.token} | data, doseq=True), at)

    def ask(self, method, path, body=None, at=None):
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        if at is not None:
            time.sleep(max(0.0, at - time.monotonic()))
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        connection.close()
        return answer.status, answer.headers, text


class Patient:
    def __init__(self, port, answers, number):
        self.browser, self.answers, self.number = Browser(port), answers, number
        self.path, self.walks, self.last_page = None, 0, {}

    def walk(self):
        """A new request: the safety check, the reason, and the page of open times."""
        self.walks += 1
        # Every request from a network of its own: one network may not take the whole book.
        self.browser.address = f"10.{self.number}.{self.walks % 250}.7"
        self.browser.get("/appointments/")
        _status, headers, _text = self.browser.post("/appointments/", {"who": "me"})
        self.path = DRAFT.search(headers["Location"])[1]
        for page in ("first-check", "second-check", "reason"):
            self.browser.post(self.path + page + "/", self.answers[page])
        status, _headers, _text = self.browser.get(self.path + "time/")
        return {"status": status}

    def choose(self, *, time, at):
        status, _headers, text = self.browser.post(self.path + "time/", {"time": time}, at)
        near = NEAR.search(text)
        return {
            "status": status,
            "told": "Somebody else has this time" in text,
            "nothing_lost": "We kept everything you typed" in text,
            "near": near[1].count("<button") if near else 0,
            "still_offered": time in text,
        }

    def kept(self):
        """Whether what was typed before is still there."""
        text = self.browser.get(self.path + "reason/")[2]
        chosen = self.answers["reason"]
        fields = [
            re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"[^>]*>', text) for name, value in chosen.items()
        ]
        return {"kept": all(field and "checked" in field[0] for field in fields)}

    def tell(self):
        """The pages between the choice and the last one, and a look at that."""
        for page in ("contact", "prepare"):
            self.browser.post(self.path + page + "/", self.answers[page])
        status, _headers, text = self.browser.get(self.path + "review/")
        found = CHOSEN.search(text)
        self.last_page = {"time": found[1]} if found else {}
        return {"status": status}

    def press_send(self, *, at=None):
        status, _headers, text = self.browser.post(self.path + "review/", self.last_page, at)
        return {"status": status, "text": text}

    def send(self, *, at=None):
        self.tell()
        status, text = self.press_send(at=at).values()
        done = html.unescape(self.browser.get(self.path + "done/")[2]) if status == 302 else text
        return {"status": status, "is_kept": "We are keeping" in done, "reference": "R-" in done}


class Colleague:
    def __init__(self, port, cookies):
        self.browser = Browser(port, cookies)

    def walk(self):
        return {"status": self.browser.get("/admin/desk/")[0]}

    def confirm(self, *, request, booking, at):
        status, _headers, text = self.browser.post(f"/admin/desk/requests/{request}/confirm/", booking, at)
        return {"status": status, "told": "Somebody else has this time" in text}


def main():
    given = json.loads(sys.stdin.readline())
    kind = {"patient": Patient, "colleague": Colleague}[given.pop("who")]
    person = kind(**given)
    for line in sys.stdin:
        wanted = json.loads(line)
        outcome = getattr(person, wanted.pop("do"))(**wanted)
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
