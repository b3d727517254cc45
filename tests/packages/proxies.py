"""The examples for reverse proxies, run as they are but for the certificate: limits, and who the client is."""

import ssl
from http.client import HTTPResponse, HTTPSConnection
from socket import create_connection

from machine import Fault, Machine, until

EXAMPLES = "/usr/share/doc/countenance-verifier/examples"
NAME, CLIENT = "verifier.example", "127.0.0.9"
# Posted captures: three samples, the attestation, and room for the framing (src/verifier/api/request.rs).
CAPTURE = (8 + 4 + 4 << 20) + (64 + 16 << 10)
TOKEN = 8 << 10


def nginx(machine: Machine) -> None:
    certificate = f"/etc/ssl/{NAME}"
    machine.run("mkdir", "-p", certificate)
    machine.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                "-keyout", f"{certificate}/privkey.pem", "-out", f"{certificate}/fullchain.pem")
    machine.run("cp", f"{EXAMPLES}/nginx.conf", "/etc/nginx/conf.d/verifier.conf")
    machine.run("nginx", "-t")
    machine.run("systemctl", "start", "nginx")
    passes_on(machine)
    answer = head(f"POST /v1/sessions/x/captures HTTP/1.1\r\nContent-Length: {18 << 20}\r\n")
    if answer.status != 413:
        raise Fault(f"18 MiB are answered with {answer.status}")
    machine.run("systemctl", "stop", "nginx")
    machine.run("rm", "-r", certificate, "/etc/nginx/conf.d/verifier.conf")


def caddy(machine: Machine) -> None:
    machine.run("cp", "/etc/caddy/Caddyfile", "/root/Caddyfile")
    # A certificate of its own making: the network here has nobody who gives one.
    machine.run("sh", "-c", f"sed 's/^{NAME} {{/&\\n\\ttls internal/' {EXAMPLES}/Caddyfile >/etc/caddy/Caddyfile")
    machine.run("systemctl", "start", "caddy")
    passes_on(machine)
    machine.run("systemctl", "stop", "caddy")
    machine.run("mv", "/root/Caddyfile", "/etc/caddy/Caddyfile")
    # What it keeps for itself.
    machine.run("sh", "-c", "rm -rf /var/lib/caddy/.local /var/lib/caddy/.config")


def passes_on(machine: Machine) -> None:
    """The largest requests reach the verifier, which says so by its request id, and it knows whose they are."""
    until(lambda: answers("GET /healthz HTTP/1.1\r\n", 200), "the proxy")
    for request, status in ((f"POST /v1/sessions/x/captures HTTP/1.1\r\nContent-Length: {CAPTURE}\r\n", 401),
                            (f"GET /start?session_token={'A' * TOKEN}&state=s HTTP/1.1\r\n", 400)):
        answer = head(request)
        if not answer.headers["x-request-id"]:
            raise Fault(f"{request[:40]}… did not reach the verifier: {answer.status}")
        if answer.status != status:
            raise Fault(f"{request[:40]}… is answered with {answer.status}")
    log = machine.run("journalctl", "--quiet", "--unit=countenance-verifier", "--output=cat", "--lines=20")
    if CLIENT not in log:
        raise Fault(f"the verifier does not know its client:\n{log}")


def answers(request: str, status: int) -> bool:
    try:
        return head(request).status == status
    except OSError:
        return False


def head(request: str) -> HTTPResponse:
    """The answer to a request of which only the head is sent."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wire = HTTPSConnection(NAME, context=context, timeout=30)
    raw = create_connection(("127.0.0.1", 443), 30, (CLIENT, 0))
    wire.sock = context.wrap_socket(raw, server_hostname=NAME)
    wire.sock.sendall(f"{request}Host: {NAME}\r\nConnection: close\r\n\r\n".encode())
    answer = HTTPResponse(wire.sock)
    answer.begin()
    return answer
