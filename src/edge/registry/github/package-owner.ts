import { RegistryError } from "../error.ts";
import { fieldsOf, textOf } from "./answer-fields.ts";
import type { RestApi } from "./rest-api.ts";

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?$/;

/**
 * Where the API keeps an owner's packages: `orgs/NAME`, `users/NAME`, or `user` where the login is that user, to whom
 * alone the own private packages are listed. Undefined where GitHub knows no such owner.
 */
export async function readOwnerPath(
  api: RestApi,
  owner: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!OWNER.test(owner)) {
    throw new RegistryError("REGISTRY_REFUSED", `"${owner.slice(0, 100)}" is no owner of packages on GitHub`);
  }
  const found = await api.get(api.urlOf(`users/${owner}`), { signal, pick: pickAccount });
  if (found === undefined) return undefined;
  if (textOf(found.value, "type") === "Organization") return `orgs/${owner}`;
  const self = await whoAmI(api, signal);
  return self?.toLowerCase() === owner.toLowerCase() ? "user" : `users/${owner}`;
}

/** Undefined for the token of a workflow, which is nobody's. */
async function whoAmI(api: RestApi, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const self = await api.get(api.urlOf("user"), { signal, pick: pickAccount });
    return self && textOf(self.value, "login");
  } catch (error) {
    if (error instanceof RegistryError && error.code === "REGISTRY_DENIED") return undefined;
    throw error;
  }
}

function pickAccount(value: unknown): unknown {
  const { login, type } = fieldsOf(value);
  return { login, type };
}
