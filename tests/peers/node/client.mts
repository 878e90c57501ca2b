// What a platform would write with types generated from openapi.yaml: mints a badge and verifies it.
//
//   node client.mjs BASE-URL TOKEN
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };
const [baseUrl, token] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

function got<T>(what: string, answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) {
    throw new Error(`${what}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const issuer = got(
  "issuer",
  await api.POST("/v1/issuers", {
    body: { name: "River", url: "https://river.example.org/", email: "badges@river.example.org" },
  }),
);
const badgeClass = got(
  "badge class",
  await api.POST("/v1/badge-classes", {
    body: {
      issuer: issuer.id,
      name: "Facilitator",
      description: "Leads meetings.",
      criteria: { narrative: "Lead one." },
    },
  }),
);
const award = got(
  "award",
  await api.POST("/v1/assertions", {
    params: { header: { "Idempotency-Key": "typescript-1" } },
    body: { badgeClass: badgeClass.id, recipient: { email: "amara@schools.example.org" } },
  }),
);
const report = got("report", await api.POST("/v1/verifications", { body: { url: award.url } }));
const revoked = got(
  "revoked",
  await api.POST("/v1/assertions/{id}/revoke", {
    params: { path: { id: award.id } },
    body: { reason: "entered by mistake" },
  }),
);
const after = got("report", await api.POST("/v1/verifications", { body: { url: award.url } }));
const missing = await api.GET("/v1/assertions/{id}", { params: { path: { id: "as_0" } } });
console.log(
  JSON.stringify({
    verdict: report.verdict,
    badge: report.badge?.name,
    state: revoked.state,
    after: after.verdict,
    missing: missing.error?.status,
  }),
);
