"""A small web server on this machine that answers as badly as the web does. Each path is a case."""

import gzip
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

BOMB = gzip.compress(b"\0" * 10_000_000)
ANSWERS = {
    "/fine": "200 OK\r\nContent-Length: 2\r\n\r\nok",
    "/moved": "301 Moved\r\nLocation: /fine\r\n\r\n",
    "/twice": "302 Found\r\nLocation: /moved\r\n\r\n",
    "/circle": "301 Moved\r\nLocation: /circle\r\n\r\n",
    "/inward": "301 Moved\r\nLocation: http://127.0.0.1:22/\r\n\r\n",
    "/metadata": "302 Found\r\nLocation: http://169.254.169.254/latest/\r\n\r\n",
    "/to-file": "302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "/to-nonsense": "302 Found\r\nLocation: http://[\r\n\r\n",
    "/nowhere-named": "302 Found\r\n\r\n",
    "/missing": "404 Not Found\r\n\r\n",
    "/gone": "410 Gone\r\n\r\n",
    "/broken": "500 Oops\r\n\r\n",
    "/shy": "403 Forbidden\r\n\r\n",
    "/busy": "429 Too Many\r\nRetry-After: 120\r\n\r\n",
    "/busy-date": "503 Later\r\nRetry-After: Mon, 23 Nov 2026 17:01:00 GMT\r\n\r\n",
    "/busy-nonsense": "429 Too Many\r\nRetry-After: soon\r\n\r\n",
    "/nonsense": "this is not HTTP",
    "/empty-range": "416 Range\r\n\r\n",
}


class Server:
    def __init__(self, context=None):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context = context
        self.asked = []
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    @property
    def allowed(self):
        return frozenset({f"127.0.0.1:{self.port}"})

    def _serve(self):
        while True:
            try:
                peer, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[peer], daemon=True).start()

    def _answer(self, peer):
        try:
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True)
            request = peer.recv(65_536).decode("latin-1")
            method, path = request.split(" ", 2)[:2]
            self.asked.append((method, path, request))
            self._send(peer, method, path)
        except OSError:
            pass
        finally:
            peer.close()

    def _send(self, peer, method, path):
        if path == "/hang":
            time.sleep(5)
        elif path == "/drip":
            for letter in "HTTP/1.1 200 OK\r\nX: " + "x" * 200:
                peer.sendall(letter.encode())
                time.sleep(0.1)
        elif path == "/drop" or (path == "/get-only-drop" and method == "HEAD"):
            return
        elif path == "/get-only" and method == "HEAD":
            peer.sendall(b"HTTP/1.1 405 No\r\n\r\n")
        elif path in ("/get-only", "/get-only-drop"):
            peer.sendall(b"HTTP/1.1 206 Partial\r\nContent-Length: 1\r\n\r\nx")
        elif path == "/huge":
            peer.sendall(
                b"HTTP/1.1 405 No\r\n\r\n" if method == "HEAD" else b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50_000_000
            )
        elif path == "/bomb":
            head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n\r\n"
            peer.sendall(b"HTTP/1.1 405 No\r\n\r\n" if method == "HEAD" else head.encode() + BOMB)
        elif path == "/many-headers":
            peer.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n")
        else:
            start = "" if path == "/nonsense" else "HTTP/1.1 "
            peer.sendall((start + ANSWERS.get(path, ANSWERS["/missing"])).encode())


@contextmanager
def web_server(context=None):
    server = Server(context)
    try:
        yield server
    finally:
        server.socket.close()


def self_signed(folder):
    """(certificate, key) files that no browser trusts."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    command = ["openssl", *words, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
