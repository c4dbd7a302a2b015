import type { LayerFacts } from "../../../audit/image/layer-facts.ts";
import type { ImageConfig } from "../../../oci/manifest.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import { MAX_LOOKED_AT } from "../content-question.ts";
import type { ImageFacts } from "../image-facts.ts";
import { findSecrets } from "../secret-patterns.ts";

/** Names of variables whose value is a secret by their own word. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/;
/** Files that exist to hold a login. */
const SECRET_FILE =
  /(?:^|\/)(?:\.netrc|\.git-credentials|\.pypirc|\.docker\/config\.json|\.aws\/credentials|id_(?:rsa|dsa|ecdsa|ed25519))$|^run\/secrets\/./;

/**
 * No secret of a known form in the config (environment, labels, commands), the history, and the small texts of every layer,
 * those that later layers hide included. What has no form, or lies in larger files and archives, is not found: the reason
 * says what was looked at.
 */
export function secretsVerdict(facts: ImageFacts): Verdict {
  return contentVerdict("image-secrets", facts, ({ layers }) => ({
    fails: [...inConfig(facts.config), ...layers.flatMap(inLayer)],
    unknown: layers.flatMap(({ notes, diffId }) =>
      notes.flatMap((note) =>
        note.kind === "unread"
          ? { message: `/${note.path} was not looked into: ${note.why}`, digest: diffId }
          : [],
      ),
    ),
    holds: {
      message: `nothing of a known form in config, history and texts of up to ${MAX_LOOKED_AT / 1024} KiB in ${layers.length} layer(s)`,
    },
  }));
}

const REMOVE = "make it invalid where it came from, then build without it: RUN --mount=type=secret";

function inConfig({ config, history }: ImageConfig): readonly Reason[] {
  const named = (config.Env ?? []).flatMap((entry): Reason[] => {
    const equals = entry.indexOf("=");
    const [name, value] = [entry.slice(0, equals), entry.slice(equals + 1)];
    return SECRET_NAME.test(name) && value !== ""
      ? [{ message: `the variable ${name} is named for a secret and has a value`, hint: REMOVE }]
      : [];
  });
  const texts: readonly (readonly [where: string, text: string])[] = [
    ["its environment", (config.Env ?? []).join("\n")],
    [
      "its labels",
      Object.entries(config.Labels ?? {})
        .map((pair) => pair.join("="))
        .join("\n"),
    ],
    ["its command", [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])].join("\n")],
    ["its history", history.map(({ createdBy = "" }) => createdBy).join("\n")],
  ];
  const formed = texts.flatMap(([where, text]) =>
    findSecrets(text).map(({ kind }) => ({ message: `a ${kind} in ${where}`, hint: REMOVE })),
  );
  // Each RUN repeats the arguments that were set before it.
  const inRuns = history.flatMap(({ createdBy = "" }) => inHistory(createdBy));
  return [...named, ...formed, ...new Map(inRuns.map((reason) => [reason.message, reason])).values()];
}

/** BuildKit writes the arguments of a RUN before it: `RUN |1 GH_TOKEN=… /bin/sh -c …`. */
function inHistory(createdBy: string): readonly Reason[] {
  return [...createdBy.matchAll(/(?:^|[\s|])([A-Z][A-Z0-9_]{0,100})=([^\s'"]{1,1000})/g)].flatMap(
    ([, name = "", value = ""]) =>
      SECRET_NAME.test(name) && !value.startsWith("$")
        ? [{ message: `the history has a value of ${name}`, hint: REMOVE }]
        : [],
  );
}

function inLayer({ notes, entries, diffId }: LayerFacts): readonly Reason[] {
  return [
    ...notes.flatMap((note) =>
      note.kind === "mark"
        ? [{ message: `a ${note.mark} in /${note.path}, line ${note.line}`, digest: diffId, hint: REMOVE }]
        : [],
    ),
    ...entries
      .filter(({ path, type, size }) => type === "file" && size > 0 && SECRET_FILE.test(path))
      .map(({ path }) => ({
        message: `/${path} is a file that holds a login`,
        digest: diffId,
        hint: REMOVE,
      })),
  ];
}
