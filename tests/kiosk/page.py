"""The page that the kiosk's browser shows, read over Chromium's debugging port (DevTools protocol over a WebSocket).

Without a driver program, which would take seconds to attach, and settings of its own. Only reads: what a person does goes
through keyboard and pointer.
"""

import base64
import json
import os
import socket
import struct
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

LIMIT = 5.0


class NoPage(Exception):
    """The browser shows no page, or has ended."""


def evaluate(port: int, script: str) -> object:
    """The value of `script`, an expression of JavaScript or what it promises, in the newest page of the browser with this debugging port."""
    result = call(port, "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
    if "exceptionDetails" in result:
        raise NoPage(result["exceptionDetails"]["text"])
    return result["result"].get("value")


def cookies(port: int) -> list[tuple[str, str]]:
    """All cookies of the browser: names and values."""
    return [(cookie["name"], cookie["value"]) for cookie in call(port, "Network.getAllCookies")["cookies"]]


def call(port: int, method: str, **how: object) -> dict:
    """What a method of the protocol answers about the newest page."""
    try:
        return ask(target(port), method, how)["result"]
    except (OSError, HTTPException, ValueError, KeyError, struct.error) as error:
        raise NoPage(str(error)) from error


def count(port: int) -> int:
    """How many pages and windows the browser has; none without a browser."""
    try:
        return len(pages(port))
    except (OSError, HTTPException, ValueError, KeyError):
        return 0


def target(port: int) -> str:
    """The address at which the page in front can be asked."""
    found = [page for page in pages(port) if not page["url"].startswith("chrome://")]
    if not found:
        raise NoPage("no page is open")
    return found[0]["webSocketDebuggerUrl"]


def pages(port: int) -> list[dict]:
    """All pages, the newest first."""
    wire = HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        wire.request("GET", "/json/list")
        found = json.loads(wire.getresponse().read())
    finally:
        wire.close()
    return [page for page in found if page["type"] == "page"]


def ask(address: str, method: str, how: dict) -> dict:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=LIMIT) as wire:
        key = base64.b64encode(os.urandom(16)).decode()
        wire.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        with wire.makefile("rb") as back:
            if b" 101 " not in back.readline():
                raise NoPage("the browser does not take questions")
            while back.readline().strip():
                pass
            send(wire, {"id": 1, "method": method, "params": how})
            while True:
                answer = json.loads(receive(back))
                if answer.get("id") == 1:
                    return answer


def send(wire: socket.socket, message: dict) -> None:
    """One text frame, masked as a client must."""
    data, mask = json.dumps(message).encode(), os.urandom(4)
    wire.sendall(b"\x81\xff" + struct.pack(">Q", len(data)) + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))


def receive(back) -> bytes:
    """One message."""
    message = b""
    while True:
        first, length = struct.unpack(">BB", back.read(2))
        if length == 126:
            length, = struct.unpack(">H", back.read(2))
        elif length == 127:
            length, = struct.unpack(">Q", back.read(8))
        message += back.read(length)
        if first & 0x80:
            return message
