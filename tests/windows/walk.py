#!/usr/bin/python3
"""Installs the client on a Windows of Wine, signs in with it, and removes it again.

    walk.py --msi FOLDER --tool FILE… --lab PROGRAM --out FOLDER [PART…]

FOLDER has the installers of an older and of the present version. Parts: install, upgrade, doctor, codes, paths, headless,
window, scripts, resident, uninstall, user; by default all, in this order. Needs a display.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from client import english
from screen import Screen
from wine import Failed, Windows

ROOT = Path(__file__).resolve().parents[2]
OLD = "0.0.9"
VERIFIER = "https://verifier.example"
CLASS = r"Software\Classes\countenance"
POLICY = r"HKLM\Software\Policies\Countenance"
PROGRAM = r"C:\Program Files\Countenance\countenance.exe"
USER_PROGRAM = r"C:\users\{}\AppData\Local\Programs\Countenance\countenance.exe"
RECORDING = "recording:" + str(ROOT / "tests/fixtures/person-b.mp4")
# How long what stays in the background is watched, seconds.
STAYS = 5.0
# Maximum time for a window to close and its program to end, seconds.
WINDOW_LIMIT = 30.0
# Maximum duration of all sign-ins of a part, seconds.
DEMO_LIMIT = 600.0
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
NONCE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def check(is_so: object, what: str) -> None:
    if not is_so:
        raise Failed(what)
    print(f"walk:   {what}", flush=True)


class Walk:
    def __init__(self, options: argparse.Namespace, user: str) -> None:
        self.options, self.user = options, user
        self.out = options.out.resolve()
        self.windows = Windows(self.out / "prefix", user)
        self.version = options.version

    def msi(self, version: str, suffix: str = "") -> str:
        return "Z:" + str(self.options.msi.resolve() / f"countenance-{version}-x64{suffix}.msi").replace("/", "\\")

    def product(self, version: str, scope: str = "perMachine") -> str:
        code = subprocess.run([ROOT / "packaging/windows/product-code", version, scope], stdout=subprocess.PIPE, check=True, text=True)
        return "{" + code.stdout.strip() + "}"

    def installed(self) -> list[str]:
        """The versions that Windows lists as installed."""
        found = []
        for hive in ("HKLM", "HKCU"):
            ran = self.windows.run("reg", "query", rf"{hive}\Software\Microsoft\Windows\CurrentVersion\Uninstall", "/s", code=None)
            name = None
            for line in ran.stdout.splitlines():
                if "DisplayName" in line:
                    name = line.split("REG_SZ", 1)[1].strip()
                if "DisplayVersion" in line and name == "Countenance":
                    found.append(line.split("REG_SZ", 1)[1].strip())
                    name = None
        return found

    # Parts.

    def install(self) -> None:
        shutil.rmtree(self.windows.prefix, ignore_errors=True)
        self.windows.make(self.options.tool)
        self.windows.run("msiexec", "/i", self.msi(OLD), "/qn", f"VERIFIER={VERIFIER}")
        check(self.windows.unix(PROGRAM).exists(), "the program is in Program Files")
        self.check_class("HKLM", PROGRAM)
        self.check_login("HKLM", PROGRAM)
        check(VERIFIER in (self.windows.registry(POLICY, "verifiers") or ""), "the verifier's address is a policy")
        ran = self.windows.run("reg", "query", POLICY, "/v", "verifiers")
        check("REG_MULTI_SZ" in ran.stdout, "the policy is a list")
        check(self.installed() == [OLD], f"Windows lists version {OLD}")

    def check_class(self, hive: str, program: str) -> None:
        command = self.windows.registry(rf"{hive}\{CLASS}\shell\open\command")
        check(command == f'"{program}" "%1"', f"links open {command}")

    def check_login(self, hive: str, program: str) -> None:
        command = self.windows.registry(rf"{hive}\{RUN}", "Countenance")
        check(command == f'"{program}" resident', f"at login, Windows starts {command}")

    def upgrade(self) -> None:
        self.windows.run("msiexec", "/i", self.msi(self.version), "/qn")
        check(self.installed() == [self.version], f"Windows lists version {self.version} only")
        check(self.windows.unix(PROGRAM).exists(), "the program is there")
        self.check_class("HKLM", PROGRAM)
        self.check_login("HKLM", PROGRAM)
        check(VERIFIER in (self.windows.registry(POLICY, "verifiers") or ""), "the policy is still there")
        ran = self.windows.run("msiexec", "/i", self.msi(OLD), "/qn", code=None)
        check(ran.returncode != 0 and self.installed() == [self.version], f"the older version is refused ({ran.returncode})")

    def doctor(self) -> None:
        ran = self.windows.run(PROGRAM, "--version")
        check(ran.stdout.strip() == f"countenance {self.version}", f"prints {ran.stdout.strip()!r}")
        ran = self.windows.run(PROGRAM, "doctor", code=None)
        print(ran.stdout)
        ran = self.windows.run(PROGRAM, "doctor", "--json", code=None)
        findings = {finding["check"]: finding for finding in json.loads(ran.stdout)}
        check(ran.returncode == 1, "doctor ends with 1: there is no camera")
        check(findings["doctor-camera"]["state"] == "attention", f"camera: {findings['doctor-camera']['detail']}")
        check("not looked at" not in ran.stdout and "not checked" not in ran.stdout, "every check is made")
        check(findings["doctor-link"]["state"] == "good", f"links: {findings['doctor-link']['detail']}")
        check(findings["doctor-models"]["state"] == "good", "the networks are whole")

    def codes(self) -> None:
        for code, *command in (
            (0, "link", "status"),
            (0, "models"),
            (2, "capture"),
            (2, "no-such-command"),
            (20, "camera", "list"),
            (1, "capture", "--verifier", "https://v.example", "https://no-link.example"),
        ):
            ran = self.windows.run(PROGRAM, *command, code=None)
            # Clap's errors are usage errors.
            expected = 2 if command[-1].startswith("https://no-link") else code
            check(ran.returncode == expected, f"{' '.join(command)} ends with {ran.returncode}")

    def paths(self) -> None:
        """Folders of other scripts, and longer than Windows' usual limit of 260 characters."""
        long = "\\".join([r"C:\Zoë 日本語 العربية", *["a folder with a long name " + "x" * 40] * 5])
        check(len(long) > 260, f"a path of {len(long)} characters")
        self.windows.unix("C:\\").joinpath("Zoë 日本語 العربية").mkdir(exist_ok=True)
        data, recording = long + r"\data", self.windows.unix(r"C:\Zoë 日本語 العربية") / "Aufnahme ß.mp4"
        shutil.copy(ROOT / "tests/fixtures/person-b.mp4", recording)
        arguments = ["capture", "--camera", r"recording:C:\Zoë 日本語 العربية\Aufnahme ß.mp4", "--dry-run", NONCE, "--at", "1700000000"]
        ran = self.windows.run(PROGRAM, *arguments, "--data", data)
        check('"key"' in ran.stdout or "eat" in ran.stdout, f"a rehearsed capture there ends with 0, after {ran.seconds:.1f} s")
        key = self.windows.unix(data) / "device.key"
        self.check_key(key)
        again = self.windows.run(PROGRAM, *arguments, "--data", data)
        check(again.stdout == ran.stdout, "the same key gives the same claims")

    def check_key(self, key: Path) -> None:
        text = key.read_bytes()
        check(text.startswith(b"countenance device key, encrypted, 1\n") and len(text) > 200, f"the key is encrypted: {len(text)} bytes")
        # Wine keeps access lists as permission bits, and counts the group as the user.
        check(key.stat().st_mode & 0o007 == 0, "nobody else may access the key")

    def demo(self, steps: list[list[str]], by_window: bool) -> None:
        folder = self.out / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # The demo starts the client that is beside it.
        shutil.copy(self.options.lab, folder / "countenance-lab")
        plan = folder / "plan.json"
        pictures = self.out / "pictures"
        plan.write_text(json.dumps({
            "prefix": str(self.windows.prefix), "user": self.user, "program": PROGRAM, "steps": steps, "pictures": str(pictures),
            "policy": POLICY,
        }), encoding="utf-8")
        client = folder / "countenance"
        client.write_text(f'#!/bin/sh\nexec /usr/bin/python3 -B "{ROOT}/tests/windows/client.py" "{plan}" "$@"\n', encoding="utf-8")
        client.chmod(0o755)
        command = [folder / "countenance-lab", "demo", "--logins", str(len(steps))]
        try:
            ran = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=DEMO_LIMIT, check=False)
        except subprocess.TimeoutExpired as expired:
            self.windows.stop()
            raise Failed(f"{len(steps)} sign-ins did not end within {DEMO_LIMIT} s") from expired
        check(ran.returncode == 0, f"{len(steps)} sign-ins ended as expected, {'in the window' if by_window else 'without a window'}")

    def headless(self) -> None:
        self.demo([["capture"], ["capture"], ["capture"], ["capture"], ["capture", "--cancel-after", "5"]], by_window=False)

    def window(self) -> None:
        self.demo([["window", "done-title-enroll"], ["hand-over", "done-title"]], by_window=True)
        key = self.windows.unix(rf"C:\users\{self.user}\AppData\Local\countenance\data\device.key")
        self.check_key(key)

    def scripts(self) -> None:
        """Light and dark; languages whose fonts are the system's: one for everybody, one that the user installed. A person looks
        at the pictures."""
        profile = rf"C:\users\{self.user}\AppData\Local"
        everybody, users = r"C:\windows\Fonts", rf"{profile}\Microsoft\Windows\Fonts"
        languages = {
            "de": ("light", None, None),
            "ar": ("dark", everybody, "/usr/share/fonts/truetype/noto/NotoSansArabicUI-Regular.ttf"),
            "ja": ("dark", users, "/usr/share/fonts/truetype/vlgothic/VL-PGothic-Regular.ttf"),
        }
        for language, (theme, folder, font) in languages.items():
            settings = self.windows.unix(rf"{profile}\{language}.toml")
            settings.write_text(f'language = "{language}"\ntheme = "{theme}"\nverifiers = ["{VERIFIER}"]\n', encoding="utf-8")
            if font:
                check("font" in self.seen_in(language, f"{language}-without-font"), f"in {language}, it asks for a font")
                self.windows.unix(folder).mkdir(parents=True, exist_ok=True)
                shutil.copy(font, self.windows.unix(folder))
            check("font" not in self.seen_in(language, language), f"in {language}, no font is missing")

    def seen_in(self, language: str, name: str) -> str:
        """What can be recognized of the window in this language, in lower case."""
        screen = Screen(self.out / "pictures")
        window = self.windows.start(PROGRAM, "--settings", rf"C:\users\{self.user}\AppData\Local\{language}.toml")
        screen.wait_for_window("Countenance")
        time.sleep(3)
        screen.keep(f"language-{name}")
        words = " ".join(word for word, _, _ in screen.words())
        self.windows.close("Countenance")
        check(window.wait(WINDOW_LIMIT) == 0, f"the window in {language} closes")
        return words.lower()

    def resident(self) -> None:
        """As at login: ends at once unless its setting is on; then stays without a window until a link arrives."""
        settings = self.windows.unix(rf"C:\users\{self.user}\AppData\Roaming\countenance\config\settings.toml")
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("resident = false\n", encoding="utf-8")
        ran = self.windows.run(PROGRAM, "resident")
        check(True, f"with the setting off it ends, after {ran.seconds:.1f} s")
        settings.write_text("resident = true\n", encoding="utf-8")
        screen, first = Screen(self.out / "pictures"), self.windows.start(PROGRAM, "resident")
        time.sleep(STAYS)
        check(first.poll() is None and not screen.has_window("Countenance"), f"with the setting on it stays, for {STAYS} s without a window")
        # Of a policy that an earlier part may have changed.
        self.windows.run("reg", "add", POLICY, "/v", "verifiers", "/t", "REG_MULTI_SZ", "/d", VERIFIER, "/f")
        began = time.monotonic()
        self.windows.run("start", "/wait", f"countenance://verify?v={quote(VERIFIER, safe='')}&s={NONCE}&c={NONCE}")
        screen.wait_for_window("Countenance")
        check(list(self.windows.running(PROGRAM)) == [first.pid], f"a link opens the window in that process, {time.monotonic() - began:.1f} s later")
        screen.wait(english("failed-title"), english("opening-title"))
        screen.keep("resident")
        self.windows.close("Countenance")
        first.wait(WINDOW_LIMIT)
        running = self.windows.running(PROGRAM)
        check(list(running.values()) == [["resident"]], "closed, it is replaced by a new process that stays")
        time.sleep(STAYS)
        check(self.windows.running(PROGRAM) == running and not screen.has_window("Countenance"), "which has no window either")
        settings.write_text("resident = false\n", encoding="utf-8")
        began = time.monotonic()
        self.windows.wait_for_end(PROGRAM, 40)
        check(True, f"switched off, it ends within {time.monotonic() - began:.1f} s")
        settings.unlink()

    def uninstall(self) -> None:
        self.windows.run("msiexec", "/x", self.product(self.version), "/qn")
        check(not self.windows.unix(PROGRAM).parent.exists(), "the folder in Program Files is gone")
        for key in (rf"HKLM\{CLASS}", r"HKLM\Software\Countenance", POLICY):
            check(not self.windows.has_key(key), f"{key} is gone")
        check(self.windows.registry(rf"HKLM\{RUN}", "Countenance") is None, "Windows starts nothing at login")
        check(self.installed() == [], "Windows lists no version")
        left = [path for path in self.windows.prefix.rglob("*") if "countenance" in path.name.lower()]
        left = [path for path in left if "AppData" not in path.parts]
        check(left == [], "nothing is left but what belongs to the user")

    def user_scope(self) -> None:
        program = USER_PROGRAM.format(self.user)
        for version in (OLD, self.version):
            self.windows.run("msiexec", "/i", self.msi(version, "-user"), "/qn")
            check(self.windows.unix(program).exists(), f"version {version} for one user is below AppData")
        check(self.installed() == [self.version], f"Windows lists version {self.version} only")
        self.check_class("HKCU", program)
        self.check_login("HKCU", program)
        check(self.windows.run(program, "link", "status").stdout.strip(), "the program runs")
        self.windows.run("msiexec", "/x", self.product(self.version, "perUser"), "/qn")
        check(not self.windows.unix(program).exists() and not self.windows.has_key(rf"HKCU\{CLASS}"), "it is gone")
        check(self.windows.registry(rf"HKCU\{RUN}", "Countenance") is None, "Windows starts nothing at login")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--msi", type=Path, required=True)
    parser.add_argument("--tool", type=Path, action="append", required=True)
    parser.add_argument("--lab", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    walk = Walk(options, "zoe")
    parts = {
        "install": walk.install, "upgrade": walk.upgrade, "doctor": walk.doctor, "codes": walk.codes, "paths": walk.paths,
        "headless": walk.headless, "window": walk.window, "scripts": walk.scripts,
        "resident": walk.resident, "uninstall": walk.uninstall, "user": walk.user_scope,
    }
    failed = []
    for name in options.parts or parts:
        began = time.monotonic()
        print(f"walk: {name}", flush=True)
        try:
            parts[name]()
            print(f"walk: {name}: {time.monotonic() - began:.0f} s", flush=True)
        except Exception as error:  # Reported, and the other parts still run.
            failed.append(name)
            print(f"walk: {name}: FAILED: {type(error).__name__}: {error}", flush=True)
            if os.environ.get("DISPLAY"):
                Screen(options.out / "pictures").keep(f"failed-{name}")
    walk.windows.stop()
    print("walk: all parts passed" if not failed else f"walk: FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
