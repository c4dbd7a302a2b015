import type { FlatImage } from "../../../audit/image/flatten.ts";
import type { LayerFacts } from "../../../audit/image/layer-facts.ts";
import type { ImageConfig } from "../../../oci/manifest.ts";
import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict, type ReadContent } from "../about.ts";
import { MAX_LOOKED_AT } from "../content-question.ts";
import type { ImageFacts } from "../image-facts.ts";
import { findSecrets } from "../secrets/find-secrets.ts";

/** Names of variables whose value is a secret by their own word. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/;
/** Files that exist to hold a login. */
const SECRET_FILE =
  /(?:^|\/)(?:\.netrc|\.git-credentials|\.pypirc|\.docker\/config\.json|\.aws\/credentials|id_(?:rsa|dsa|ecdsa|ed25519))$|^run\/secrets\/./;

/**
 * No secret of a known form in the config (environment, labels, commands), the history, and the texts of every layer, those
 * that later layers hide included: they are sent and stored all the same. What has no form, or lies in larger files and
 * archives, is not found: the reason says what was looked at.
 */
export function secretsVerdict(facts: ImageFacts): Verdict {
  return contentVerdict("image-secrets", facts, (content) => ({
    fails: [
      ...inConfig(facts.config),
      ...content.layers.flatMap((layer, index) => inLayer(layer, index, content.flat)),
    ],
    unknown: content.layers.flatMap(({ notes, diffId }) =>
      notes.flatMap((note) =>
        note.kind === "unread"
          ? { message: `/${note.path} was not looked into: ${note.why}`, digest: diffId }
          : [],
      ),
    ),
    holds: { message: lookedAt(content) },
  }));
}

function lookedAt({ layers }: ReadContent): string {
  const files = layers.flatMap(({ entries }) => entries.filter(({ type }) => type === "file"));
  const small = files.filter(({ size }) => size <= MAX_LOOKED_AT);
  const large = files.filter(({ size }) => size > MAX_LOOKED_AT);
  const limit = `${MAX_LOOKED_AT / 1024} KiB`;
  const seen = `${small.length} files of up to ${limit} (${bytesOf(small)} bytes)`;
  const left = large.length === 0 ? "" : `; ${large.length} larger ones (${bytesOf(large)} bytes) were not`;
  return `nothing of a known form in config and history, and in ${layers.length} layer(s); ${seen} were looked into${left}`;
}

function bytesOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

const REMOVE = "make it invalid where it came from, then build without it: RUN --mount=type=secret";
const NAMED = "named-for-a-secret";

function inConfig({ config, history }: ImageConfig): readonly Reason[] {
  const named = (config.Env ?? []).flatMap((entry): Reason[] => {
    const equals = entry.indexOf("=");
    const [name, value] = [entry.slice(0, equals), entry.slice(equals + 1)];
    return SECRET_NAME.test(name) && value !== ""
      ? [{ id: NAMED, message: `the variable ${name} is named for a secret and has a value`, hint: REMOVE }]
      : [];
  });
  const words = [config.Entrypoint, config.Cmd, config.Healthcheck?.Test].flatMap((each) => each ?? []);
  const texts: readonly (readonly [where: string, text: string])[] = [
    ["its environment", (config.Env ?? []).join("\n")],
    [
      "its labels",
      Object.entries(config.Labels ?? {})
        .map((pair) => pair.join("="))
        .join("\n"),
    ],
    ["its commands", words.join("\n")],
    ["its history", history.map(({ createdBy = "" }) => createdBy).join("\n")],
  ];
  const formed = texts.flatMap(([where, text]) =>
    findSecrets(text).map(({ kind }) => ({ id: kind, message: `a ${kind} in ${where}`, hint: REMOVE })),
  );
  // Each RUN repeats the arguments that were set before it.
  const inRuns = history.flatMap(({ createdBy = "" }) => inHistory(createdBy));
  return [...named, ...onlyOnce([...formed, ...inRuns])];
}

function onlyOnce(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [reason.message, reason])).values()];
}

/** BuildKit writes the arguments of a RUN before it: `RUN |1 GH_TOKEN=… /bin/sh -c …`. */
function inHistory(createdBy: string): readonly Reason[] {
  return [...createdBy.matchAll(/(?:^|[\s|])([A-Z][A-Z0-9_]{0,100})=([^\s'"]{1,1000})/g)].flatMap(
    ([, name = "", value = ""]) =>
      SECRET_NAME.test(name) && !value.startsWith("$")
        ? [{ id: NAMED, message: `the history has a value of ${name}`, hint: REMOVE }]
        : [],
  );
}

function inLayer(
  { notes, entries, diffId }: LayerFacts,
  index: number,
  { tree }: FlatImage,
): readonly Reason[] {
  const reason = (id: string, path: string, message: string): Reason => {
    const isHidden = tree.at(path)?.layer !== index;
    const hidden = isHidden ? "; a later layer hides it, and the image still carries it" : "";
    return { id, path, message: `${message}${hidden}`, digest: diffId, hint: REMOVE };
  };
  return [
    ...notes.flatMap((note) => {
      if (note.kind !== "mark") return [];
      const { path, mark, line } = note;
      const place = line === 0 ? "" : `, line ${line}`;
      return [reason(mark, path, `a ${mark} in /${path}${place}`)];
    }),
    ...entries
      .filter(({ path, type, size }) => type === "file" && size > 0 && SECRET_FILE.test(path))
      .map(({ path }) => reason("login-file", path, `/${path} is a file that holds a login`)),
  ];
}
