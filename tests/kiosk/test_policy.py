#!/usr/bin/python3
"""Tests packaging/kiosk/browser-policy and the fixed policy beside it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

KIOSK = Path(__file__).resolve().parents[2] / "packaging/kiosk"
LINKS = "countenance:*"


def policy(**files: str) -> tuple[dict, str]:
    """The policy for these files, whose names have _ for / and no ending; and what is said about them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder, *name.split("_")).with_suffix(".toml")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            file.chmod(0o666 if "open" in name else 0o644)
        out = Path(folder, "out/addresses.json")
        done = subprocess.run([KIOSK / "browser-policy", folder, out], capture_output=True, text=True, check=True)
        assert out.stat().st_mode & 0o777 == 0o644
        return json.loads(out.read_text(encoding="utf-8")), done.stderr


class Addresses(unittest.TestCase):
    def test_hosts_of_all_three_keys_are_allowed_and_only_verifiers_launch(self) -> None:
        made, said = policy(kiosk="""
            start_url = "https://app.example/login?login_hint={badge}"
            verifiers = ["https://verify.example", "https://verify.example"]
            pages = ["https://tenant.example:8443/u/login", "http://127.0.0.1:3000", "http://[::1]:1", "http://a.localhost"]
        """)
        self.assertEqual(made["URLAllowlist"], [
            "https://.app.example", "https://.verify.example", "https://.tenant.example:8443", "http://.127.0.0.1:3000",
            "http://[::1]:1", "http://.a.localhost", LINKS])
        self.assertEqual(made["AutoLaunchProtocolsFromOrigins"][0]["protocol"], "countenance")
        self.assertEqual(set(made["AutoLaunchProtocolsFromOrigins"][0]["allowed_origins"]), {"https://verify.example"})
        self.assertEqual(said, "")

    def test_what_cannot_be_used_is_left_out_and_named(self) -> None:
        for bad in ('"http://app.example"', '"file:///etc"', '"javascript:alert(1)"', '"https://*"', '"*"', '"https://a b"',
                    '"https://a.example:x"', '"https://"', '"chrome://settings"', '1', '["https://ok.example", 2]', '"https://a,b"'):
            made, said = policy(kiosk=f"pages = {bad}")
            self.assertLessEqual(set(made["URLAllowlist"]), {LINKS, "https://.ok.example"}, bad)
            self.assertIn("left out", said, bad)

    def test_no_configuration_allows_nothing(self) -> None:
        for files in ({}, {"kiosk": "not toml"}, {"kiosk": "#" * 70_000}, {"kiosk": ""}):
            made, _ = policy(**files)
            self.assertEqual(made, {"URLAllowlist": [LINKS], "AutoLaunchProtocolsFromOrigins": []})

    def test_later_files_win_and_files_that_others_can_write_say_nothing(self) -> None:
        made, said = policy(kiosk='pages = ["https://a.example"]', **{
            "kiosk.d_10": 'pages = ["https://b.example"]', "kiosk.d_20": 'pages = ["https://c.example"]',
            "kiosk.d_30open": 'pages = ["https://d.example"]'})
        self.assertEqual(made["URLAllowlist"], ["https://.c.example", LINKS])
        self.assertIn("others can write", said)

    def test_managed_verifiers_win_and_close_where_they_cannot_be_used(self) -> None:
        kiosk = 'verifiers = ["https://own.example"]\npages = ["https://a.example"]'
        for managed, allowed in (
                ('verifiers = ["https://managed.example"]', ["https://managed.example"]),
                ('theme = "dark"', ["https://own.example"]),
                ("verifiers = []", []), ("= =", []), ("#" * 70_000, [])):
            made, said = policy(kiosk=kiosk, settings=managed)
            launches = [origin for entry in made["AutoLaunchProtocolsFromOrigins"] for origin in entry["allowed_origins"]]
            self.assertEqual(launches, allowed, managed[:40])
            self.assertIn("https://.a.example", made["URLAllowlist"])
            self.assertEqual("left out" in said, managed in ("= =", "#" * 70_000), said)
        made, said = policy(kiosk=kiosk)
        self.assertEqual((made["URLAllowlist"], said), (["https://.own.example", "https://.a.example", LINKS], ""))

    def test_a_link_in_place_of_the_file_is_replaced_not_followed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            precious, out = Path(folder, "precious"), Path(folder, "addresses.json")
            precious.write_text("kept", encoding="utf-8")
            out.symlink_to(precious)
            subprocess.run([KIOSK / "browser-policy", folder, out], capture_output=True, check=True)
            self.assertEqual(precious.read_text(encoding="utf-8"), "kept")
            self.assertFalse(os.path.islink(out))


class Fixed(unittest.TestCase):
    def test_everything_is_blocked_and_the_two_files_share_no_key(self) -> None:
        fixed = json.loads((KIOSK / "browser-policy.json").read_text(encoding="utf-8"))
        # `*` leaves out the browser's own pages.
        self.assertLessEqual({"*", "chrome://*", "file://*"}, set(fixed["URLBlocklist"]))
        self.assertEqual(set(fixed) & set(policy(kiosk="")[0]), set())
        # The kiosk finds a hung browser by the debugging pipe, which this policy would close.
        self.assertNotIn("RemoteDebuggingAllowed", fixed)


if __name__ == "__main__":
    unittest.main()
