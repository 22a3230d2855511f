#!/usr/bin/env python3
"""Receives the webhooks of sameface with nothing but Python's standard library.

    SAMEFACE_WEBHOOK_SECRET=whsec_... python3 examples/python/receiver.py

It is written from the vectors (vectors/README.md), which test_vectors.py runs against it. A receiver of your own needs
three functions of it: verify, parse and classify. Here events are remembered in memory; keep their ids in your database,
in the transaction of what you do about them.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import sys
import threading
import time

MAX_BODY = 1_000_000
MAX_DEPTH = 32


class Refused(Exception):
    """Why a request is refused; the message is the name that the vectors have for it."""


class Malformed(Exception):
    """JSON that is no notification."""


# --- verify: Standard Webhooks, with v1 (HMAC-SHA256) and v1a (Ed25519) ---


def canonical_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def read_secret(text):
    data = canonical_base64(text[6:]) if text.startswith("whsec_") and text.isascii() else None
    if data is None or not 24 <= len(data) <= 64:
        raise Refused("bad_secret")
    return data


def read_public_key(text):
    data = canonical_base64(text[5:]) if text.startswith("whpk_") and text.isascii() else None
    if data is None or len(data) != 32:
        raise Refused("bad_public_key")
    return data


def verify(headers, body, secrets=(), public_keys=(), now=None, tolerance=300):
    """The webhook-id of a request that is signed. headers: pairs of name and value, as they came; body: the raw bytes."""
    secrets = [read_secret(one) for one in secrets]
    public_keys = [read_public_key(one) for one in public_keys]
    if not secrets and not public_keys:
        raise Refused("bad_secret")
    named = {"webhook-id": [], "webhook-timestamp": [], "webhook-signature": []}
    for name, value in headers:
        if name.lower() in named:
            named[name.lower()].append(value)
    ids, times, signatures = named.values()
    for values, refusal in ((ids, "missing_id"), (times, "missing_timestamp"), (signatures, "missing_signature")):
        if all(value.strip(" ") == "" if values is signatures else value == "" for value in values):
            raise Refused(refusal)
    if len(ids) + len(times) + len(signatures) > 3:
        raise Refused("duplicate_header")
    webhook_id, timestamp = ids[0], times[0]
    if not re.fullmatch(r"[!-+\-/-~]{1,256}", webhook_id):
        raise Refused("bad_id")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Refused("bad_timestamp")
    macs, curves = read_tokens(signatures[0])
    age = int(time.time() if now is None else now) - int(timestamp)
    if age > tolerance:
        raise Refused("timestamp_too_old")
    if age < -tolerance:
        raise Refused("timestamp_too_new")
    if not (macs and secrets) and not (curves and public_keys):
        raise Refused("no_supported_signature")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    matches = False
    for secret in secrets:
        expected = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))
        for mac in macs:
            matches |= hmac.compare_digest(expected, mac.encode())
    for value in curves:
        signature = canonical_base64(value)
        if signature is not None and len(signature) == 64:
            matches |= any(ed25519_verify(key, signature, signed) for key in public_keys)
    if not matches:
        raise Refused("signature_mismatch")
    return webhook_id


def read_tokens(header):
    if len(header) > 4096:
        raise Refused("bad_signature_header")
    texts = [text for text in header.split(" ") if text]
    tokens = [text.partition(",") for text in texts]
    tokens = [(version, value) for version, comma, value in tokens if version and comma and value]
    if not tokens:
        raise Refused("bad_signature_header")
    if len(texts) > 20:
        raise Refused("too_many_signatures")
    return [value for version, value in tokens if version == "v1"], [
        value for version, value in tokens if version == "v1a"
    ]


# Ed25519 by RFC 8032, section 5.1.7. The standard library has none; with the package cryptography these lines go.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P


def point_times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point, scalar = point_add(point, point), scalar >> 1
    return result


def point_read(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(key, signature, message):
    public, r = point_read(key), point_read(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    left = point_times(s, BASE)
    right = point_add(r, point_times(int.from_bytes(digest, "little") % L, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


# --- parse: JSON that means one thing ---


def parse(body):
    """The value of a body. Python's own reader takes NaN, doubled keys and half characters."""
    if body[:3] == b"\xef\xbb\xbf":
        raise Refused("byte_order_mark")
    if depth_of(body) > MAX_DEPTH:
        raise Refused("too_deep")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("invalid_utf8") from None
    doubled = []
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: read_object(pairs, doubled),
            parse_constant=lambda name: refuse_constant(),
            parse_int=lambda digits: int(digits) if len(digits) < 300 else float(digits),
        )
    except ValueError:
        raise Refused("not_json") from None
    look_into(value)
    if doubled:
        raise Refused("duplicate_key")
    return value


def depth_of(body):
    depth = deepest = 0
    in_text = escaped = False
    for byte in body:
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def read_object(pairs, doubled):
    if len({key for key, _ in pairs}) < len(pairs):
        doubled.append(True)
    return dict(pairs)


def refuse_constant():
    raise ValueError("no JSON")


def look_into(value):
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise Refused("number_out_of_range")
    if isinstance(value, str):
        look_at(value)
    if isinstance(value, list):
        for item in value:
            look_into(item)
    if isinstance(value, dict):
        if "__proto__" in value:
            raise Refused("forbidden_key")
        for key in value:
            look_at(key)
        for item in value.values():
            look_into(item)


def look_at(text):
    if "\0" in text:
        raise Refused("null_character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("unpaired_surrogate")


# --- classify: what happened; never a pass by default ---


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES = {
    **dict.fromkeys(("customerId", "token", "interviewId", "interviewToken", "transactionId"), lambda v: isinstance(v, str)),
    **dict.fromkeys(("error", "errorMessage"), lambda v: isinstance(v, str)),
    **dict.fromkeys(
        ("faceMatch", "spoofAttempt", "secondFactor", "hasFaceMask", "hasLenses"), lambda v: isinstance(v, bool)
    ),
    **dict.fromkeys(("spoofConfidence", "overallScore"), is_number),
    "children": lambda v: isinstance(v, list),
    "recognitionConfidence": lambda v: isinstance(v, dict)
    and is_number(v.get("confidence", 0))
    and isinstance(v.get("candidates", []), list),
    "overallStatus": lambda v: v in ("PASS", "FAIL"),
    "errorCode": lambda v: is_number(v) and float(v).is_integer(),
}


def classify(body):
    """What a parsed notification says: a dictionary with `kind`. Any further key and any code may come."""
    if not isinstance(body, dict) or "customerId" not in body or "overallStatus" not in body:
        raise Malformed()
    if any(key in TYPES and not TYPES[key](value) for key, value in body.items()):
        raise Malformed()
    common = {"customerId": body["customerId"], "transactionId": body.get("transactionId") or None}
    message = None if body.get("errorMessage") == "NA" else body.get("errorMessage")
    has_error = "error" in body or "errorCode" in body or message is not None
    passed = body["overallStatus"] == "PASS"
    if (doubt_of_pass if passed else doubt_of_fail)(body, has_error):
        return {"kind": "inconsistent", **common}
    if passed:
        return {
            "kind": "passed",
            "interviewId": body.get("interviewId") or None,
            "confidence": body.get("recognitionConfidence", {}).get("confidence") or None,
            "spoofConfidence": body.get("spoofConfidence"),
            "lenses": body.get("hasLenses", False),
            "secondFactor": body.get("secondFactor", False),
            "token": body.get("token") or None,
            "interviewToken": body.get("interviewToken") or None,
            **common,
        }
    code = body.get("errorCode")
    if code is None:
        mask, lenses = body.get("hasFaceMask", False), body.get("hasLenses", False)
        return {"kind": "declined", "mask": mask, "lenses": lenses, "other": not mask and not lenses, **common}
    if code in (4004, 4003):
        return {"kind": {4004: "unknown-customer", 4003: "blocklisted"}[code], **common}
    if code in (4005, 4015):
        kind = {4005: "spoof", 4015: "not-recognized"}[code]
        return {"kind": kind, "spoofConfidence": body.get("spoofConfidence"), **common}
    return {"kind": "error", "code": code, "error": body.get("error"), "message": message, **common}


KNOWN_CODES = (4003, 4004, 4005, 4015, 9001, 9002, 9003, 9004, 9005, 9500)


def doubt_of_pass(body, has_error):
    scores = (body.get("spoofConfidence", 0), body.get("recognitionConfidence", {}).get("confidence", 0))
    return (
        body.get("faceMatch") is not True
        or body.get("spoofAttempt") is not False
        or body.get("hasFaceMask") is True
        or has_error
        or not all(0 <= score <= 1 for score in scores)
    )


def doubt_of_fail(body, has_error):
    code, spoof = body.get("errorCode"), body.get("spoofAttempt")
    if body.get("faceMatch") is True:
        return True
    if code is None:
        return has_error or spoof is True
    if code == 4005:
        return spoof is False
    return code in KNOWN_CODES and spoof is True


# --- a server: 204 once it is done, 4xx for what no retry mends ---


def make_handler(secrets, public_keys, on_outcome):
    seen, turn = {}, threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = self.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > MAX_BODY:
                return self.answer(413, "too_large")
            body = self.rfile.read(int(length))
            try:
                event = verify(self.headers.items(), body, secrets, public_keys)
            except Refused as refused:
                return self.answer(400 if str(refused).startswith(("missing", "bad", "dup", "too")) else 401, str(refused))
            try:
                outcome = classify(parse(body))
            except (Refused, Malformed):
                return self.answer(422, "malformed")
            # One after the other: of two copies at once, the second finds what the first did.
            with turn:
                if seen.get(event, body) != body:
                    # Nothing that a retry mends: somebody should look at it. The first body stands.
                    on_outcome(event, {"kind": "conflict"})
                elif event not in seen:
                    on_outcome(event, outcome)
                    seen[event] = body
            return self.answer(204, "")

        def do_GET(self):
            return self.answer(405, "method_not_allowed")

        do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

        def answer(self, status, why):
            self.send_response(status)
            if status != 204:
                self.send_header("content-type", "text/plain")
                self.send_header("content-length", str(len(why)))
            self.end_headers()
            if status != 204:
                self.wfile.write(why.encode())

        def log_message(self, *_):
            pass

    return Handler


def main():
    secrets = os.environ.get("SAMEFACE_WEBHOOK_SECRET", "").split()
    public_keys = os.environ.get("SAMEFACE_PUBLIC_KEY", "").split()
    try:
        for one in secrets if public_keys else secrets or [""]:
            read_secret(one)
        for one in public_keys:
            read_public_key(one)
    except Refused as refused:
        sys.exit(f"{refused}: a secret is whsec_ and the base64 of 24 to 64 bytes (SAMEFACE_WEBHOOK_SECRET); a public key is whpk_ and that of 32 (SAMEFACE_PUBLIC_KEY)")
    on_outcome = lambda event, outcome: print(event, outcome["kind"], flush=True)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", int(os.environ.get("PORT", "3000"))), make_handler(secrets, public_keys, on_outcome)
    )
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
