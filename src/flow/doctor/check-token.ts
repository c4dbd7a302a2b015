import { Secret } from "../../core/base/secret.ts";
import type { TokenScopes } from "../../edge/registry/github/token-scopes.ts";
import { type Answer, type Check, failure, ok, unknown } from "./check.ts";
import type { Ground } from "./ground.ts";
import type { RegistryHost } from "./registry-hosts.ts";

const ID = "token-scopes";
const REFRESH = "gh auth refresh --scopes write:packages,read:packages && export GH_TOKEN=$(gh auth token)";

/** For a fleet on GHCR: may the token of GH_TOKEN read and write packages? Its value is shown to GitHub alone. */
export function tokenCheck(ground: Ground, { use }: RegistryHost): Check {
  return {
    ids: [ID],
    area: "environment",
    late: "unknown",
    run: async (signal) => {
      const token = ground.world.env["GH_TOKEN"] ?? "";
      if (token === "") return [unknown(ID, "GH_TOKEN is not set: the scopes of another login are not told")];
      return [judge(await ground.machine.tokenScopes(new Secret(token), signal), use)];
    },
  };
}

function judge(told: TokenScopes, use: RegistryHost["use"]): Answer {
  switch (told.kind) {
    case "refused":
      return failure(
        ID,
        `GitHub refuses the token of GH_TOKEN (${told.status}): expired, revoked or mistyped`,
        REFRESH,
      );
    case "without-scopes":
      return unknown(
        ID,
        "GitHub names no scopes of this token: fine-grained tokens have none (and GHCR takes none of them), a workflow's come from its `permissions: packages: write`",
        REFRESH,
      );
    case "classic":
      return judgeScopes(told, use);
  }
}

function judgeScopes(told: TokenScopes & { readonly kind: "classic" }, use: RegistryHost["use"]): Answer {
  // GitHub leaves out what another scope includes: write:packages covers read:packages ("Scopes for OAuth apps").
  const has = new Set(told.scopes);
  const write = has.has("write:packages");
  const read = write || has.has("read:packages");
  const lacking = [
    ...(read ? [] : ["read:packages"]),
    ...(write || use === "pull" ? [] : ["write:packages"]),
  ];
  const who = `GH_TOKEN${told.user === undefined ? "" : ` of ${told.user}`}`;
  if (lacking.length === 0)
    return ok(ID, `${who} has ${write ? "write:packages (and so read:packages)" : "read:packages"}`);
  const found = told.scopes.length === 0 ? "none" : told.scopes.join(", ");
  return failure(ID, `${who} lacks ${lacking.join(" and ")}; its scopes: ${found}`, REFRESH);
}
