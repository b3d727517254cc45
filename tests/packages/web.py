"""A browser without a screen, and the application that a person signs in to: enough of both for a sign-in at the Auth0 stand-in.

Names below `localhost` are this computer. Cookies belong to their host; which page may send them is tested elsewhere.
"""

import base64
import hashlib
import html
import json
import re
import secrets
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from machine import Fault

CALLBACK = "http://payroll.localhost:8482/callback"
CLAIM = "https://authid.ai/claims/amr"


class Browser:
    def __init__(self) -> None:
        self.cookies: dict[str, dict[str, str]] = {}
        self.address, self.status, self.page = "", 0, ""

    def open(self, address: str, form: dict[str, str] | None = None) -> None:
        """Opens an address, or sends it a form, and follows redirects; stops at the application's callback."""
        before = self.address
        for _ in range(20):
            self.address = address
            if address.startswith(CALLBACK):
                return
            at = urlsplit(address)
            jar = self.cookies.setdefault(at.hostname, {})
            headers = {"Host": at.netloc, "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
            if form is not None:
                headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "{0.scheme}://{0.netloc}".format(urlsplit(before)),
                            "Sec-Fetch-Site": "same-origin" if urlsplit(before).netloc == at.netloc else "same-site"}
            wire = HTTPConnection("127.0.0.1", at.port, timeout=30)
            wire.request("GET" if form is None else "POST", f"{at.path or '/'}{'?' + at.query if at.query else ''}",
                         None if form is None else urlencode(form), headers)
            answer = wire.getresponse()
            self.status, self.page = answer.status, answer.read().decode(errors="replace")
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = line.split(";", 1)[0].partition("=")
                jar[name] = value
            wire.close()
            if answer.status not in (301, 302, 303):
                return
            address, form = urljoin(address, answer.headers["Location"]), None
        raise Fault("more than 20 redirects")

    def submit(self, field: str, **values: str) -> None:
        """Fills in and sends the form that has this field."""
        for action, inner in re.findall(r'<form[^>]*?action="([^"]*)"[^>]*>(.*?)</form>', self.page, re.DOTALL):
            tags = re.findall(r"<input[^>]*>", inner)
            fields = {attribute(tag, "name"): attribute(tag, "value") for tag in tags if attribute(tag, "name")}
            if field in fields:
                self.open(urljoin(self.address, html.unescape(action)), fields | values)
                return
        raise Fault(f"no form with {field} at {self.address.split('?')[0]}: {self.status}, {words(self.page)[:300]}")


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag) or re.search(rf"\s{name}=([^\s>]+)", tag)
    return html.unescape(found[1]) if found else ""


def words(page: str) -> str:
    return " ".join(re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL).split())


class SignIn:
    """One person's sign-in to the application, up to the link for the client, and on from there."""

    def __init__(self, tenant: str, email: str, password: str) -> None:
        self.tenant, self.browser, self.proof = tenant, Browser(), secrets.token_urlsafe(48)
        digest = base64.urlsafe_b64encode(hashlib.sha256(self.proof.encode()).digest()).decode().rstrip("=")
        self.browser.open(f"{tenant}/authorize?" + urlencode({
            "client_id": "payroll", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
            "code_challenge": digest, "code_challenge_method": "S256"}))
        self.browser.submit("password", email=email, password=password)
        links = re.findall(r'href="(countenance:[^"]*)"', self.browser.page)
        if not links:
            raise Fault(f"no link for the client at {self.browser.address.split('?')[0]}: {words(self.browser.page)[:300]}")
        self.link = html.unescape(links[0])

    def back(self, address: str) -> dict:
        """Goes on at the address that the client opened; the claims of the ID token, or the error that the application gets."""
        self.browser.open(address)
        self.browser.submit("session_token")
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.browser.address).query).items()}
        if "code" not in query:
            return query
        at = urlsplit(self.tenant)
        wire = HTTPConnection("127.0.0.1", at.port, timeout=30)
        wire.request("POST", "/oauth/token", urlencode({
            "grant_type": "authorization_code", "client_id": "payroll", "code": query["code"], "redirect_uri": CALLBACK,
            "code_verifier": self.proof}), {"Host": at.netloc, "Content-Type": "application/x-www-form-urlencoded"})
        tokens = json.loads(wire.getresponse().read())
        claims = tokens["id_token"].split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
