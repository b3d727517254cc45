#!/usr/bin/python3
"""Checks the Flatpak manifest without building it: what it installs is there, and its names agree."""

import re
import sys
import xml.etree.ElementTree
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging/linux"


def faults() -> list[str]:
    path = next((FOLDER / "flatpak").glob("*.yml"))
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [] if manifest["app-id"] == path.stem else [f"the app is {manifest['app-id']}, the file {path.name}"]
    metadata = xml.etree.ElementTree.parse(FOLDER / f"{manifest['app-id']}.metainfo.xml").getroot()
    if metadata.findtext("id") != manifest["app-id"]:
        found.append(f"the metadata are of {metadata.findtext('id')}")
    if metadata.findtext("launchable") != manifest["rename-desktop-file"]:
        found.append(f"the desktop entry is {metadata.findtext('launchable')} in the metadata")
    module = manifest["modules"][0]
    commands = "\n".join(module["build-commands"])
    installed = dict(re.findall(r"^install -Dm\d+ (\S+) (\S+)$", commands, re.MULTILINE))
    found += [f"{source} is missing" for source in installed if not source.startswith("target/") and not (ROOT / source).is_file()]
    for wanted in (f"/app/bin/{manifest['command']}", f"/app/share/applications/{manifest['rename-desktop-file']}",
                   f"/app/share/metainfo/{manifest['app-id']}.metainfo.xml",
                   f"/app/share/icons/hicolor/scalable/apps/{manifest['rename-icon']}.svg"):
        if wanted not in installed.values():
            found.append(f"{wanted} is not installed")
    # Without the portal there would be no camera; and with all devices, the sandbox would keep nothing from the program.
    if "--device=all" in manifest["finish-args"] or "--features pipewire" not in commands:
        found.append("cameras do not come through the camera portal")
    source = module["sources"][0]
    if (path.parent / source["path"]).resolve() != ROOT or not (ROOT / "Cargo.lock").is_file():
        found.append("the sources are not this repository")
    return found


if __name__ == "__main__":
    for fault in (found := faults()):
        print(f"flatpak: {fault}")
    sys.exit(1 if found else 0)
