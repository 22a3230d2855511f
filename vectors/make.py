#!/usr/bin/env python3
"""Makes the vectors beside it. Python's standard library only, and no code of sameface: what is judged here was worked out
from the published documents (Standard Webhooks, RFC 8032, RFC 8259, the page of the 1:1 authentication webhook).

    python3 vectors/make.py            writes the files
    python3 vectors/make.py --check    only compares
"""
import base64
import hashlib
import hmac
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
NOW = 1_790_000_000
ID = "0be5f261d076492d9d3b74f6"


# Ed25519 as RFC 8032 §5.1 writes it down: slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT % P
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, k, m, n = f - e, h - g, h + g, f + e
    return (e * k % P, m * n % P, k * m % P, e * n % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, digest[32:]


def public_key(seed):
    return compress(times(expand(seed)[0], BASE))


def ed25519(seed, message):
    scalar, prefix = expand(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    big_r = compress(times(r, BASE))
    h = int.from_bytes(hashlib.sha512(big_r + public_key(seed) + message).digest(), "little") % L
    return big_r + ((r + h * scalar) % L).to_bytes(32, "little")


def b64(data):
    return base64.b64encode(data).decode()


# Keys of no value, made of their names.
def key_bytes(name, length=32):
    return hashlib.sha512(name.encode()).digest()[:length]


SECRET_BYTES = key_bytes("secret one")
OTHER_BYTES = key_bytes("secret two", 24)
SECRET = "whsec_" + b64(SECRET_BYTES)
OTHER = "whsec_" + b64(OTHER_BYTES)
SEED = key_bytes("seed one")
OTHER_SEED = key_bytes("seed two")
PUBLIC = "whpk_" + b64(public_key(SEED))


def signed_text(webhook_id, timestamp, body):
    return f"{webhook_id}.{timestamp}.".encode() + body


def v1(body, secret=SECRET_BYTES, webhook_id=ID, timestamp=str(NOW)):
    return "v1," + b64(hmac.new(secret, signed_text(webhook_id, timestamp, body), hashlib.sha256).digest())


def v1a(body, seed=SEED, webhook_id=ID, timestamp=str(NOW)):
    return "v1a," + b64(ed25519(seed, signed_text(webhook_id, timestamp, body)))


BODY = b'{"customerId":"c","overallStatus":"FAIL","errorCode":4004}'


def request(body=BODY, webhook_id=ID, timestamp=str(NOW), signature=None):
    made = v1(body, webhook_id=webhook_id, timestamp=timestamp) if signature is None else signature
    return [["webhook-id", webhook_id], ["webhook-timestamp", timestamp], ["webhook-signature", made]]


def signature_vectors():
    rows = []

    def row(title, refusal=None, headers=None, body=BODY, **keys):
        rows.append({
            "title": title,
            "nowSeconds": keys.get("now", NOW),
            "toleranceSeconds": keys.get("tolerance", 300),
            "secrets": keys.get("secrets", [SECRET]),
            "publicKeys": keys.get("public_keys", []),
            "headers": request(body) if headers is None else headers,
            "bodyBase64": b64(body),
            "verdict": "accept" if refusal is None else "refuse",
            **({} if refusal is None else {"refusal": refusal}),
        })

    def without(name):
        return [pair for pair in request() if pair[0] != name]

    def with_(name, value):
        return [[key, value if key == name else old] for key, old in request()]

    row("one v1 signature")
    row("an empty body", body=b"")
    row("a body that is no UTF-8: bytes are signed, not text", body=b"\xff\xfe\x00")
    row("a body of other invalid bytes has another signature", "signature_mismatch", request(b"\xff"), b"\xfe")
    row("names in upper case", headers=[[name.upper(), value] for name, value in request()])
    row("a header more", headers=request() + [["x-other", "1"]])
    row("the second of two secrets", secrets=[OTHER, SECRET])
    row("two signatures, the second is ours", headers=with_("webhook-signature", v1(BODY, OTHER_BYTES) + " " + v1(BODY)))
    row("spaces around and between signatures", headers=with_("webhook-signature", f"  {v1(BODY, OTHER_BYTES)}   {v1(BODY)} "))
    row("an unknown version beside ours", headers=with_("webhook-signature", "v2,AAAA " + v1(BODY)))
    row("a token without comma beside ours", headers=with_("webhook-signature", "v1 " + v1(BODY)))
    row("20 signatures, the last is ours", headers=with_("webhook-signature", " ".join([v1(BODY, OTHER_BYTES)] * 19 + [v1(BODY)])))
    row("21 signatures, the first is ours", "too_many_signatures",
        with_("webhook-signature", " ".join([v1(BODY)] + [v1(BODY, OTHER_BYTES)] * 20)))
    row("a v1a signature", headers=request(signature=v1a(BODY)), secrets=[], public_keys=[PUBLIC])
    row("v1 of a stranger and v1a of ours", headers=request(signature=v1(BODY, OTHER_BYTES) + " " + v1a(BODY)), public_keys=[PUBLIC])
    row("v1a of a stranger", "signature_mismatch", request(signature=v1a(BODY, OTHER_SEED)), secrets=[], public_keys=[PUBLIC])
    row("v1a in the place of v1", "signature_mismatch", request(signature="v1," + v1a(BODY)[4:]))
    row("v1a of half the length", "signature_mismatch", request(signature="v1a," + v1a(BODY)[4:48]), secrets=[], public_keys=[PUBLIC])
    row("v1a that is no base64", "signature_mismatch", request(signature="v1a,*"), secrets=[], public_keys=[PUBLIC])
    row("v1 for a receiver with a public key only", "no_supported_signature", secrets=[], public_keys=[PUBLIC])
    row("v1a for a receiver with a secret only", "no_supported_signature", request(signature=v1a(BODY)))
    row("an unknown version alone", "no_supported_signature", with_("webhook-signature", "v2," + v1(BODY)[3:]))
    row("the version in upper case", "no_supported_signature", with_("webhook-signature", "V" + v1(BODY)[1:]))
    row("another secret", "signature_mismatch", secrets=[OTHER])
    row("another id", "signature_mismatch", with_("webhook-id", ID[:-1] + "7"))
    row("another time", "signature_mismatch", with_("webhook-timestamp", str(NOW - 1)))
    row("another body", "signature_mismatch", request(), BODY + b" ")
    row("the same JSON in other bytes", "signature_mismatch", request(), BODY.replace(b":", b": "))
    # An id whose signature holds both characters that base64url has others for.
    odd = next(f"odd{n}" for n in range(1000) if all(c in v1(BODY, webhook_id=f"odd{n}")[3:] for c in "+/"))
    for title, change in {
        "the signature in base64url": lambda s: s.replace("+", "-").replace("/", "_"),
        "the signature without padding": lambda s: s.rstrip("="),
        "a signature with spare bits set": lambda s: s[:-2] + chr(ord(s[-2]) + 1) + "=",
        "the first half of the signature": lambda s: s[:24],
        "a signature with its case changed": lambda s: "v1," + s[3:].swapcase(),
    }.items():
        row(title, "signature_mismatch", request(webhook_id=odd, signature=change(v1(BODY, webhook_id=odd))))
    row("a comma between signatures, as joined headers have it", "signature_mismatch",
        with_("webhook-signature", v1(BODY) + "," + v1(BODY)))
    row("a signature that is an empty value", "bad_signature_header", with_("webhook-signature", "v1,"))
    row("a signature without version", "bad_signature_header", with_("webhook-signature", "," + v1(BODY)[3:]))
    row("v1 without comma", "bad_signature_header", with_("webhook-signature", "v1"))
    row("a signature of 64 KB", "bad_signature_header", with_("webhook-signature", "v1," + "A" * 65_533))
    for name, refusal in (("id", "missing_id"), ("timestamp", "missing_timestamp"), ("signature", "missing_signature")):
        row(f"no webhook-{name}", refusal, without(f"webhook-{name}"))
        row(f"an empty webhook-{name}", refusal, with_(f"webhook-{name}", ""))
        pair = next(each for each in request() if each[0] == f"webhook-{name}")
        row(f"webhook-{name} twice", "duplicate_header", request() + [pair])
    row("nothing but spaces for a signature", "missing_signature", with_("webhook-signature", "   "))
    row("no header at all", "missing_id", [])
    for title, webhook_id in (("a dot", "a.b"), ("a comma", "a,b"), ("a space", "a b"), ("257 characters", "a" * 257), ("a letter beyond ASCII", "é")):
        row(f"an id with {title}", "bad_id", request(webhook_id=webhook_id))
    for webhook_id in ("a" * 256, "msg_p5jXN8AQM9LWM0D4loKWxJek", "!~-+/:;<=>?@[]^_`{|}#$%&'()*\"\\"):
        row(f"an id of {len(webhook_id)} visible characters", headers=request(webhook_id=webhook_id))
    for text in ("-1", "+1", "0x10", " 1", "1 ", "1abc", "1.0", "1e9", "1790000000000", "9" * 20, "١", "12_3"):
        row(f"the time {json.dumps(text)}", "bad_timestamp", request(timestamp=text))
    row("a time with zeros before it, signed as sent", headers=request(timestamp=f"00{NOW}"))
    row("the time 0 at that time", headers=request(timestamp="0"), now=0)
    for offset, refusal in ((-301, "timestamp_too_old"), (-300, None), (300, None), (301, "timestamp_too_new"), (-10**6, "timestamp_too_old"), (31_536_000, "timestamp_too_new")):
        row(f"signed {offset} s from now", refusal, request(timestamp=str(NOW + offset)))
    row("61 s old where 60 are allowed", "timestamp_too_old", request(timestamp=str(NOW - 61)), tolerance=60)
    row("600 s old where 600 are allowed", headers=request(timestamp=str(NOW - 600)), tolerance=600)
    row("old and forged: the time is looked at first", "timestamp_too_old", request(timestamp=str(NOW - 999), signature="v1,AA=="))
    for title, secret in {
        "without prefix": b64(SECRET_BYTES), "empty": "", "the prefix alone": "whsec_", "of 23 bytes": "whsec_" + b64(SECRET_BYTES[:23]),
        "of 65 bytes": "whsec_" + b64(key_bytes("long", 64) + b"x"), "with a newline": SECRET + "\n", "with a space": SECRET + " ",
        "without padding": SECRET.rstrip("="), "in hex": SECRET_BYTES.hex(), "with a prefix in upper case": SECRET.replace("whsec_", "WHSEC_"),
    }.items():
        row(f"a secret {title}", "bad_secret", secrets=[secret])
    row("a secret of 24 bytes", headers=request(signature=v1(BODY, OTHER_BYTES)), secrets=[OTHER])
    row("a secret of 64 bytes", headers=request(signature=v1(BODY, key_bytes("long", 64))), secrets=["whsec_" + b64(key_bytes("long", 64))])
    row("no key at all", "bad_secret", secrets=[])
    row("a public key of 31 bytes", "bad_public_key", secrets=[], public_keys=["whpk_" + b64(SEED[:31])])
    constant = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    row("the public constant of Standard Webhooks",
        headers=request(webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", signature="v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        body=b'{"test": 2432232314}', secrets=[constant], now=1614265330)
    return rows


def parsing_vectors():
    accept = {
        "an object": b'{"a":1}', "spaces around it": b' \t\r\n{"a" : [ 1 , true , null ] }\n', "a text alone": b'"a"', "null alone": b"null",
        "32 levels": b"[" * 32 + b"]" * 32, "32 levels of both kinds": b'[{"a":' * 16 + b"1" + b"}]" * 16,
        "brackets within texts": b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[","{:{:{:"]', "a quote behind a backslash": b'{"a\\"b":"c\\\\"}',
        "an escaped pair": b'"\\ud83d\\ude00"', "text beyond ASCII": "\"é😀\u2028\"".encode(), "a key called constructor": b'{"constructor":{"prototype":1}}',
        "minus zero": b"[-0,-0.0]", "a number beyond 2^53": b"[9007199254740993]", "a number that is too small": b"[1e-400]",
        "equal keys in two objects": b'[{"a":1},{"a":1},{"b":{"a":{"a":1}}}]', "an empty key": b'{"":0}', "a byte order mark within a text": "\"\ufeff\"".encode(),
    }
    refuse = {
        "nothing": (b"", "not_json"), "words": (b"not json", "not_json"), "a form": (b"a=1&b=2", "not_json"), "markup": (b"<a/>", "not_json"),
        "half an object": (b'{"a":1', "not_json"), "a comma at the end": (b'{"a":1,}', "not_json"), "two values": (b"{} {}", "not_json"),
        "a comment": (b"{}//", "not_json"), "single quotes": (b"{'a':1}", "not_json"), "NaN": (b"[NaN]", "not_json"), "a leading zero": (b"[01]", "not_json"),
        "a raw newline in a text": (b'"\n"', "not_json"), "UTF-16": ("{}".encode("utf-16-le"), "not_json"),
        "a byte order mark": (b"\xef\xbb\xbf{}", "byte_order_mark"), "a lone 0xff": (b'"\xff"', "invalid_utf8"), "an overlong form": (b'"\xc0\xaf"', "invalid_utf8"),
        "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "invalid_utf8"), "half a sequence": (b'"\xe2\x82"', "invalid_utf8"),
        "33 levels": (b"[" * 33 + b"]" * 33, "too_deep"), "33 levels that never close": (b"[" * 33, "too_deep"), "5,000 levels": (b"[" * 5_000, "too_deep"),
        "a key twice": (b'{"faceMatch":false,"faceMatch":true}', "duplicate_key"), "a key twice, once escaped": (b'{"a":1,"\\u0061":1}', "duplicate_key"),
        "a key twice further in": (b'[{"a":{"b":1,"c":2,"b":3}}]', "duplicate_key"), "a key __proto__": (b'{"__proto__":{"overallStatus":"PASS"}}', "forbidden_key"),
        "a key __proto__, escaped": (b'{"\\u005f_proto__":1}', "forbidden_key"), "U+0000 in a text": (b'"\\u0000"', "null_character"),
        "U+0000 in a key": (b'{"a\\u0000":1}', "null_character"), "the first half of a pair": (b'"\\ud800"', "unpaired_surrogate"),
        "the second half of a pair": (b'"\\udc00"', "unpaired_surrogate"), "a pair in the wrong order": (b'"\\udc00\\ud800"', "unpaired_surrogate"),
        "half a pair in a key": (b'{"\\ud800":1}', "unpaired_surrogate"), "a number that is too large": (b"[1e400]", "number_out_of_range"),
        "a negative one that is too large": (b'{"a":-1e400}', "number_out_of_range"),
    }
    rows = [{"title": title, "bodyBase64": b64(body), "verdict": "accept"} for title, body in accept.items()]
    rows += [{"title": title, "bodyBase64": b64(body), "verdict": "refuse", "refusal": why} for title, (body, why) in refuse.items()]
    return rows


PASS = {
    "customerId": "5fda2b3a35d0d50012d49c8c", "token": "", "interviewId": "5fda2b3a35d0d50012d49c8d", "interviewToken": "",
    "transactionId": "0be5r261d076492d9d3b74f6", "faceMatch": True, "spoofAttempt": False, "secondFactor": False, "children": [],
    "hasFaceMask": False, "hasLenses": False, "spoofConfidence": 0.02, "recognitionConfidence": {"confidence": 0.97, "candidates": []},
    "overallScore": 0.97, "overallStatus": "PASS",
}
FAIL = {
    "customerId": "5fda2b3a35d0d50012d49c8c", "transactionId": "0be5r261d076492d9d3b74f6", "faceMatch": False, "children": [],
    "recognitionConfidence": {}, "overallScore": 0, "overallStatus": "FAIL",
}


def classification_vectors():
    rows = []

    def row(title, body, outcome):
        common = {"customerId": body["customerId"], "transactionId": body.get("transactionId") or None} if outcome["kind"] != "malformed" else {}
        rows.append({"title": title, "body": body, "outcome": {**outcome, **common}})

    def changed(base, *without, **change):
        return {key: value for key, value in {**base, **change}.items() if key not in without}

    passed = {"kind": "passed", "interviewId": PASS["interviewId"], "confidence": 0.97, "spoofConfidence": 0.02, "lenses": False, "secondFactor": False, "token": None, "interviewToken": None}
    row("the page's success", PASS, passed)
    row("a pass with lenses that the policy allows", changed(PASS, hasLenses=True), {**passed, "lenses": True})
    row("a pass that is no full login", changed(PASS, secondFactor=True), {**passed, "secondFactor": True})
    row("a pass with tokens, as the vendor sends it", changed(PASS, token="a.b.c", interviewToken="d.e.f"), {**passed, "token": "a.b.c", "interviewToken": "d.e.f"})
    row("a pass whose liveness was not evaluated", changed(PASS, "spoofConfidence"), {**passed, "spoofConfidence": None})
    row("a pass whose confidence is 0: not evaluated", changed(PASS, recognitionConfidence={"confidence": 0, "candidates": []}), {**passed, "confidence": None})
    row("a pass without recognitionConfidence", changed(PASS, "recognitionConfidence"), {**passed, "confidence": None})
    row("a pass with keys that nobody knows", changed(PASS, brandNew={"a": [1]}, other=None), passed)
    row("a pass with errorMessage NA: no error", changed(PASS, errorMessage="NA"), passed)
    row("a pass without interviewId", changed(PASS, interviewId=""), {**passed, "interviewId": None})
    for title, change in {
        "without a match": {"faceMatch": False}, "of a spoof": {"spoofAttempt": True}, "with a mask": {"hasFaceMask": True}, "with an error": {"error": "User blacklisted"},
        "with an error code": {"errorCode": 4003}, "with an error message": {"errorMessage": "no"}, "with a spoof confidence over 1": {"spoofConfidence": 1.5},
        "with a negative confidence": {"recognitionConfidence": {"confidence": -0.1}},
    }.items():
        row(f"a pass {title}", changed(PASS, **change), {"kind": "inconsistent"})
    row("a pass that does not say whether it matched", changed(PASS, "faceMatch"), {"kind": "inconsistent"})
    row("a pass that does not say whether it is a spoof", changed(PASS, "spoofAttempt"), {"kind": "inconsistent"})
    row("the page's 4004", changed(FAIL, "transactionId", error="Non existing customer", errorCode=4004, errorMessage="Can't find customer by any criteria."), {"kind": "unknown-customer"})
    row("the page's 4003", changed(FAIL, "transactionId", error="User blacklisted", errorCode=4003), {"kind": "blocklisted"})
    row("the page's 4005", changed(FAIL, spoofAttempt=True, spoofConfidence=1, error="Spoof attempt detected", errorCode=4005, errorMessage="Spoof attempt detected. Spoof confidence 1.0"), {"kind": "spoof", "spoofConfidence": 1})
    row("4005 without a score", changed(FAIL, errorCode=4005), {"kind": "spoof", "spoofConfidence": None})
    row("the page's 4015", changed(FAIL, spoofAttempt=False, spoofConfidence=0.0012, error="User is not recognized", errorCode=4015), {"kind": "not-recognized", "spoofConfidence": 0.0012})
    declined = changed(FAIL, spoofAttempt=False, recognitionConfidence={"confidence": 0, "candidates": []})
    for mask in (True, False):
        for lenses in (True, False):
            row(f"declined, mask {mask}, lenses {lenses}", changed(declined, hasFaceMask=mask, hasLenses=lenses), {"kind": "declined", "mask": mask, "lenses": lenses, "other": not mask and not lenses})
    row("a failure that says nothing more", FAIL, {"kind": "declined", "mask": False, "lenses": False, "other": True})
    row("the fewest keys there may be", {"customerId": "c", "overallStatus": "FAIL"}, {"kind": "declined", "mask": False, "lenses": False, "other": True})
    row("a code of sameface", changed(FAIL, error="Face not found", errorCode=9001, errorMessage="No face was found in the image."), {"kind": "error", "code": 9001, "error": "Face not found", "message": "No face was found in the image."})
    row("a code that nobody listed", changed(FAIL, errorCode=31337), {"kind": "error", "code": 31337, "error": None, "message": None})
    row("the message NA", changed(FAIL, error="New", errorCode=31337, errorMessage="NA"), {"kind": "error", "code": 31337, "error": "New", "message": None})
    row("a failure that matched", changed(FAIL, faceMatch=True, errorCode=4015), {"kind": "inconsistent"})
    row("an error without code", changed(FAIL, error="User blacklisted"), {"kind": "inconsistent"})
    row("a spoof attempt without code", changed(FAIL, spoofAttempt=True), {"kind": "inconsistent"})
    row("4005 that was no spoof attempt", changed(FAIL, spoofAttempt=False, errorCode=4005), {"kind": "inconsistent"})
    row("4015 that was a spoof attempt", changed(FAIL, spoofAttempt=True, errorCode=4015), {"kind": "inconsistent"})
    row("a transactionId of no characters", changed(FAIL, transactionId="", errorCode=4015), {"kind": "not-recognized", "spoofConfidence": None})
    for title, body in {
        "an array": [], "null": None, "a text": "PASS", "a number": 1, "an empty object": {}, "no customerId": changed(PASS, "customerId"), "no overallStatus": changed(PASS, "overallStatus"),
        "a customerId that is a number": changed(PASS, customerId=1), "a status in lower case": changed(PASS, overallStatus="pass"), "a status that is true": changed(PASS, overallStatus=True),
        "faceMatch as a text": changed(PASS, faceMatch="true"), "faceMatch as a number": changed(PASS, faceMatch=1), "faceMatch null": changed(PASS, faceMatch=None),
        "a code as a text": changed(FAIL, errorCode="4003"), "a code with a fraction": changed(FAIL, errorCode=4003.5), "a score as a text": changed(PASS, overallScore="0.97"),
        "children as an object": changed(PASS, children={}), "recognitionConfidence as a number": changed(PASS, recognitionConfidence=0.97),
        "a confidence as a text": changed(PASS, recognitionConfidence={"confidence": "0.97"}), "candidates as an object": changed(PASS, recognitionConfidence={"candidates": {}}),
    }.items():
        row(f"no notification: {title}", body, {"kind": "malformed"})
    return rows


def acknowledgement_vectors():
    judgements = []
    for status in (200, 201, 202, 204, 206, 299):
        for content_type in ("application/json", "application/json; charset=utf-8", "text/plain", None):
            json_type = content_type is not None and content_type.startswith("application/json")
            judgements.append({"profile": "standard", "status": status, "contentType": content_type, "acknowledged": True})
            judgements.append({"profile": "incode", "status": status, "contentType": content_type, "acknowledged": status == 204 or (status == 200 and json_type)})
    for status in (301, 302, 307, 400, 401, 404, 409, 410, 422, 429, 500, 502, 503, 504):
        for profile in ("standard", "incode"):
            judgements.append({"profile": profile, "status": status, "contentType": "application/json", "acknowledged": False})
    bad, good = b"not json", b'{"customerId":"c","overallStatus":"FAIL","transactionId":"t"}'
    answers = [
        {"title": "handled", "source": "both", "bodiesBase64": [b64(good)], "handler": "returns", "statuses": [204]},
        {"title": "handled before", "source": "both", "bodiesBase64": [b64(good)] * 2, "handler": "returns", "statuses": [204, 204]},
        {"title": "one id, two bodies", "source": "both", "bodiesBase64": [b64(good), b64(good + b" ")], "handler": "returns", "statuses": [204, 204]},
        {"title": "the handler throws", "source": "both", "bodiesBase64": [b64(good)] * 2, "handler": "throws", "statuses": [500, 500]},
        {"title": "the handler still runs", "source": "both", "bodiesBase64": [b64(good)] * 2, "handler": "runs", "statuses": [None, 409]},
        {"title": "a body that can't be read, signed", "source": "sameface", "bodiesBase64": [b64(bad)], "handler": "returns", "statuses": [400]},
        {"title": "a body that can't be read, from the vendor", "source": "incode", "bodiesBase64": [b64(bad)], "handler": "returns", "statuses": [200], "contentType": "application/json"},
    ]
    return {"judgements": judgements, "answers": answers}


def numbered(rows, letter):
    return [{"id": f"{letter}{number}", **row} for number, row in enumerate(rows, 1)]


FILES = {
    "signature.json": lambda: {
        "about": "The verdict on a request, by its headers and raw bytes alone. Headers are pairs, since one may come twice. Refusals are named in the order in which they are looked for: bad_secret and bad_public_key when the receiver is made; then missing_id, missing_timestamp, missing_signature, duplicate_header, bad_id, bad_timestamp, bad_signature_header, too_many_signatures, timestamp_too_old or timestamp_too_new, no_supported_signature, signature_mismatch.",
        "vectors": numbered(signature_vectors(), "s"),
    },
    "parsing.json": lambda: {
        "about": "Which bytes are JSON that a receiver reads: RFC 8259 in strict UTF-8, no byte order mark, at most 32 levels, each key once, no key __proto__, no U+0000 and no half of a surrogate pair in a text, numbers of 64 bits.",
        "vectors": numbered(parsing_vectors(), "p"),
    },
    "classification.json": lambda: {
        "about": "The outcome that a body tells. null: absent. Of inconsistent and malformed only the kind is pinned, and what stands beside it.",
        "vectors": numbered(classification_vectors(), "c"),
    },
    "acknowledgement.json": lambda: {
        "about": "judgements: which answers a sender takes for an acknowledgement, by the endpoint's profile. answers: the status a receiver gives to bodies that come one after another under one id (source sameface: signed; incode: by header, without webhook-id); null: not awaited.",
        **acknowledgement_vectors(),
    },
}


def main():
    # The key pair of RFC 8032 §7.1, test 1, so that the arithmetic above is not only its own witness.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert public_key(seed).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert ed25519(seed, b"").hex().startswith("e5564300c360ac729086e2cc806e828a")
    stale = []
    for name, make in FILES.items():
        text = json.dumps({"madeBy": "vectors/make.py", **make()}, ensure_ascii=True, indent=1) + "\n"
        path = HERE / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="ascii")
        elif not path.exists() or path.read_text(encoding="ascii") != text:
            stale.append(name)
    for name in stale:
        print(f"vectors/{name} is not what vectors/make.py makes")
    sys.exit(1 if stale else 0)


main()
