"""Open Badges 3.0, Data Integrity, VC-JWT and baked, as PyPI `openbadgeslib` judges it.

    python openbadgeslib_peer.py

{"do": "verify", "credential" | "jwt" | "file": base64 of a PNG or SVG, "documents"?, "status"?: true}
    → {"accepted", "why", "form"}
{"do": "time", "credential", "operation"?: "sign"|"verify"|"canonize", "seconds"} → {"count", "seconds"}

The package carries the published contexts; every other document is handed in with the request.
"""
import base64
import hashlib
import json

from lines import serve, timed

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: E402
from openbadgeslib.errors import LibOpenBadgesException  # noqa: E402
from openbadgeslib.ob3 import OB3LdpSigner, OB3LdpVerifier, OB3Verifier, add_data_integrity_proof  # noqa: E402
from openbadgeslib.ob3.ldp import _canonize, document_loader  # noqa: E402
from openbadgeslib.verify import issuer_did_from_document, issuer_did_from_token, verify_badge  # noqa: E402


def read_from(documents):
    def download(url, *_, **__):
        if url in documents:
            document = documents[url]
            text = document if isinstance(document, str) else json.dumps(document)
            return text.encode("utf-8")
        raise OSError("not handed in: {}".format(url))
    return download


def by_did_web_url(documents):
    """DID documents also under the URL at which did:web finds them."""
    found = dict(documents)
    for name, document in documents.items():
        if name.startswith("did:web:"):
            host, *path = name[len("did:web:"):].split(":")
            place = "/".join(path) + "/did.json" if path else ".well-known/did.json"
            found["https://{}/{}".format(host.replace("%3A", ":"), place)] = document
    return found


def judge(request):
    download = read_from(by_did_web_url(request.get("documents") or {}))
    status = request.get("status", True)
    try:
        if "file" in request:
            result = verify_badge(
                base64.b64decode(request["file"]), "3",
                resolve_did=True, check_status=status, download=download)
            return {"accepted": result.valid, "why": result.reason, "form": result.proof_format}
        if "credential" in request:
            text = json.dumps(request["credential"])
            verifier = OB3LdpVerifier.for_issuer_did(
                issuer_did_from_document(text), download=download)
            form = "ldp"
        else:
            text = request["jwt"]
            verifier = OB3Verifier.for_issuer_did(issuer_did_from_token(text), download=download)
            form = "vc-jwt"
        verifier.verify(text, check_status=status, verify_status_list=True, download=download)
        return {"accepted": True, "why": None, "form": form}
    except LibOpenBadgesException as error:
        return {"accepted": False, "why": str(error)}


def operation(request):
    """What is timed: everything but the making of the key."""
    if request.get("operation", "verify") == "verify":
        def verify():
            verdict = judge(request)
            if not verdict["accepted"]:
                raise ValueError(verdict["why"])
        return verify
    unsigned = {name: value for name, value in request["credential"].items() if name != "proof"}
    if request["operation"] == "canonize":
        loader = document_loader()
        return lambda: hashlib.sha256(_canonize(unsigned, loader).encode("utf-8")).digest()
    key = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    method = OB3LdpSigner(key).verification_method
    return lambda: add_data_integrity_proof(unsigned, key, method)


def answer(request):
    task = request["do"]
    if task == "verify":
        return judge(request)
    if task == "time":
        return timed(operation(request), request["seconds"])
    raise ValueError("no such request: {}".format(task))


serve(answer)
