#!/usr/bin/env python3
"""Runs every vector for signatures, parsing and classification against receiver.py; prints how many hold.

    python3 examples/python/test_vectors.py
"""
import base64
import json
import pathlib
import sys

import receiver

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "vectors"


def read(name):
    return json.loads((VECTORS / name).read_text())["vectors"]


def verdict(work):
    try:
        work()
    except receiver.Refused as refused:
        return str(refused)
    return "accept"


def wanted(vector):
    return "accept" if vector["verdict"] == "accept" else vector["refusal"]


def signature(v):
    keys = {"secrets": v["secrets"], "public_keys": v["publicKeys"]}
    clock = {"now": v["nowSeconds"], "tolerance": v["toleranceSeconds"]}
    return verdict(lambda: receiver.verify(v["headers"], base64.b64decode(v["bodyBase64"]), **keys, **clock))


def parsing(v):
    return verdict(lambda: receiver.parse(base64.b64decode(v["bodyBase64"])))


def classification(v):
    try:
        return receiver.classify(v["body"])
    except receiver.Malformed:
        return {"kind": "malformed"}


cases = [("signature", v, signature(v), wanted(v)) for v in read("signature.json")]
cases += [("parsing", v, parsing(v), wanted(v)) for v in read("parsing.json")]
cases += [("classification", v, classification(v), v["outcome"]) for v in read("classification.json")]
failed = [(kind, v["id"], v["title"], got, want) for kind, v, got, want in cases if got != want]
for kind, name, title, got, want in failed:
    print(f"{kind} {name} ({title}): {got}, not {want}")
print(f"{len(cases) - len(failed)} passed, {len(failed)} failed")
sys.exit(1 if failed or not cases else 0)
