"""Prints the Terraform files of a directory as one JSON document, using an HCL2 parser: hcl.py DIRECTORY >FILE"""

import json
import pathlib
import sys

import hcl2

print(json.dumps({path.name: hcl2.loads(path.read_text()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tf"))}))
