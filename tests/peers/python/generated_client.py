"""What a platform would write with a client generated from openapi.yaml: mints a badge and verifies it.

    python generated_client.py FOLDER-OF-THE-CLIENT BASE-URL TOKEN
"""

import json
import sys

folder, base, token = sys.argv[1:]
sys.path.insert(0, folder)

from accolade_client import AuthenticatedClient
from accolade_client.api.assertions import get_assertion, mint, revoke
from accolade_client.api.badge_classes import create_badge_class
from accolade_client.api.issuers import create_issuer
from accolade_client.api.verification import verify
from accolade_client.models import (
    AssertionBody,
    BadgeClassBody,
    BadgeClassBodyCriteria,
    IssuerBody,
    RevokeBody,
    Recipient,
    VerificationBody,
)

client = AuthenticatedClient(base_url=base, token=token)


def verdict(url):
    return verify.sync(client=client, body=VerificationBody(url=url))


issuer = create_issuer.sync(
    client=client,
    body=IssuerBody(
        name="Lake", url="https://lake.example.org/", email="badges@lake.example.org"
    ),
)
badge_class = create_badge_class.sync(
    client=client,
    body=BadgeClassBody(
        issuer=issuer.id,
        name="Facilitator",
        description="Leads meetings.",
        criteria=BadgeClassBodyCriteria(narrative="Lead one."),
    ),
)
award = mint.sync(
    client=client,
    body=AssertionBody(
        badge_class=badge_class.id, recipient=Recipient(email="amara@schools.example.org")
    ),
    idempotency_key="python-1",
)
report = verdict(award.url)
revoked = revoke.sync(award.id, client=client, body=RevokeBody(reason="entered by mistake"))
missing = get_assertion.sync("as_0", client=client)
print(
    json.dumps(
        {
            "verdict": report.verdict,
            "badge": report.badge.name,
            "state": revoked.state,
            "after": verdict(award.url).verdict,
            "missing": missing.status,
        }
    )
)
