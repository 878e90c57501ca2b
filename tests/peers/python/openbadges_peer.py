"""Open Badges 2.0, hosted, signed and baked, as PyPI `openbadges` judges it.

    python openbadges_peer.py CONTEXTS

{"do": "verify", "input": URL | JSON text | compact JWS, "profile"?, "hosts"?, "documents"?}
{"do": "verify", "file": base64 of a PNG or SVG, …}
    → {"accepted", "why": [messages], "version", "subject", "graph"}
{"do": "bake", "file": base64 of an image, "data": text} → {"file"}
{"do": "unbake", "file": base64} → {"data"}
{"do": "sign", "payload", "key"?: PEM} → {"jws", "publicKeyPem", "key"}; RS256
{"do": "time", …as verify…, "seconds"} → {"count", "seconds"}

The validator fetches documents by HTTP itself. Published contexts come from the folder CONTEXTS;
`hosts` sends requests for an origin to another one; `documents` answers whole URLs from memory;
everything else but the loopback interface is refused.
"""
import base64
import io
import json
import os
import sys

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.models import Response
from requests.structures import CaseInsensitiveDict
from urllib.parse import urlsplit

from lines import serve, timed

import openbadges.verifier  # noqa: E402
from Crypto.PublicKey import RSA  # noqa: E402
from jose import jws  # noqa: E402
from openbadges_bakery import bake, unbake  # noqa: E402

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def read_contexts(folder):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        entries = json.load(file)["contexts"]
    contexts = {}
    for entry in entries:
        if "#" in entry["url"]:
            continue
        with open(os.path.join(folder, entry["file"]), encoding="utf-8") as file:
            text = file.read()
        for url in [entry["url"], *(entry.get("aliases") or [])]:
            contexts[url] = text
    return contexts


class Door(BaseAdapter):
    """The only way out of this process."""

    def __init__(self, contexts):
        super().__init__()
        self.contexts = contexts
        self.http = HTTPAdapter()
        self.hosts = {}
        self.documents = {}

    def send(self, request, **options):
        url = request.url
        for known in (url, url.rstrip("/")):
            if known in self.contexts:
                return self.answer(request, self.contexts[known])
            if known in self.documents:
                return self.answer(request, json.dumps(self.documents[known]))
        parts = urlsplit(url)
        origin = "{}://{}".format(parts.scheme, parts.netloc)
        if origin in self.hosts:
            request = request.copy()
            request.headers["Host"] = parts.netloc
            request.url = self.hosts[origin] + url[len(origin):]
        elif parts.hostname not in LOOPBACK:
            raise requests.ConnectionError("not handed in: {}".format(url))
        response = self.http.send(request, **options)
        response.url = url
        return response

    @staticmethod
    def answer(request, text):
        response = Response()
        response.status_code = 200
        response.reason = "OK"
        response.headers = CaseInsensitiveDict({"Content-Type": "application/ld+json"})
        response.encoding = "utf-8"
        response.raw = io.BytesIO(text.encode("utf-8"))
        response.request = request
        response.url = request.url
        response.connection = None
        # Read now, so that a caching session can copy it.
        response._content = text.encode("utf-8")
        response._content_consumed = True
        return response

    def close(self):
        self.http.close()


def judge(request):
    if "file" in request:
        subject = io.BytesIO(base64.b64decode(request["file"]))
        subject.name = "badge"
    else:
        subject = request["input"]
    try:
        report = openbadges.verifier.verify(
            subject, request.get("profile"), use_cache=False, cache_backend=None)
    except Exception as error:  # noqa: BLE001
        # The validator itself breaks on some of what it should refuse.
        return {"accepted": False, "why": ["crashed: {!r}".format(error)], "graph": []}
    result = report["report"]
    messages = ["{}: {}".format(m.get("messageLevel"), m.get("result")) for m in result["messages"]]
    return {
        "accepted": bool(result["valid"]),
        "why": messages,
        "version": result.get("openBadgesVersion"),
        "subject": result.get("validationSubject"),
        "graph": report["graph"],
    }


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: openbadges_peer.py CONTEXTS")
    door = Door(read_contexts(sys.argv[1]))
    requests.Session.get_adapter = lambda self, url: door

    def answer(request):
        door.hosts = request.get("hosts") or {}
        door.documents = request.get("documents") or {}
        task = request["do"]
        if task == "verify":
            return judge(request)
        if task == "bake":
            baked = bake(io.BytesIO(base64.b64decode(request["file"])), request["data"])
            return {"file": base64.b64encode(baked.read()).decode("ascii")}
        if task == "unbake":
            return {"data": unbake(io.BytesIO(base64.b64decode(request["file"])))}
        if task == "sign":
            key = RSA.import_key(request["key"]) if "key" in request else RSA.generate(2048)
            pem = key.export_key().decode("ascii")
            token = jws.sign(request["payload"], pem, algorithm="RS256")
            public = key.publickey().export_key().decode("ascii")
            return {"jws": token, "publicKeyPem": public, "key": pem}
        if task == "time":
            def work():
                verdict = judge(request)
                if not verdict["accepted"]:
                    raise ValueError(str(verdict["why"]))
            return timed(work, request["seconds"])
        raise ValueError("no such request: {}".format(task))

    serve(answer)


main()
