import { generateKeyPairSync } from "node:crypto";
import type { Random } from "../kit/seeded-random.ts";

/** One secret of a kind, made anew: none that anybody has, and none that stands in a file. */
export interface PlantedKind {
  readonly kind: string;
  /** How it is written. */
  readonly form: string;
  /** Who finds it: the rule set, or our own forms alone. */
  readonly by: "rules" | "own";
  readonly path?: string;
  make(random: Random): string;
}

const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const WORD = `${LETTERS}${DIGITS}`;
const UPPER = `${LETTERS.slice(0, 26)}${DIGITS}`;
const URL_SAFE = `${WORD}-_`;

const pick = (random: Random, from: string, length: number): string =>
  Array.from({ length }, () => from.charAt(random(from.length))).join("");
/** Words of a form: texts, and runs of so many characters of a set. */
const form =
  (...parts: readonly (string | readonly [from: string, length: number])[]) =>
  (random: Random): string =>
    parts.map((part) => (typeof part === "string" ? part : pick(random, ...part))).join("");

const pem = (
  type: "rsa" | "ec" | "ed25519",
  format: "pkcs1" | "pkcs8" | "sec1",
  passphrase?: string,
): string => {
  const { privateKey } =
    type === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 1024 })
      : type === "ec"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("ed25519");
  const cipher = passphrase === undefined ? {} : { cipher: "aes-128-cbc", passphrase };
  return privateKey.export({ type: format, format: "pem", ...cipher } as never).toString();
};

export const KINDS: readonly PlantedKind[] = [
  { kind: "github-token", form: "classic", by: "rules", make: form("ghp_", [WORD, 36]) },
  {
    kind: "github-token",
    form: "fine-grained",
    by: "rules",
    make: form("github_pat_", [WORD, 22], "_", [WORD, 59]),
  },
  {
    kind: "github-token",
    form: "of an installation",
    by: "own",
    make: form("ghs_", [DIGITS, 7], "_ey", [WORD, 30], ".ey", [WORD, 60], ".", [URL_SAFE, 80]),
  },
  {
    kind: "github-token",
    form: "in a package's address",
    by: "rules",
    path: "app/package.json",
    make: form("https://", [HEX, 40], ":x-oauth-basic@github.com/a/b"),
  },
  { kind: "gitlab-token", form: "personal", by: "rules", make: form("glpat-", [URL_SAFE, 20]) },
  { kind: "gitlab-token", form: "of a runner", by: "own", make: form("glrt-", [WORD, 20]) },
  {
    kind: "slack-token",
    form: "of a bot",
    by: "rules",
    make: form("xoxb-", [DIGITS, 12], "-", [DIGITS, 12], "-", [WORD, 24]),
  },
  {
    kind: "slack-webhook",
    form: "incoming",
    by: "rules",
    make: form("https://hooks.slack.com/services/T", [UPPER, 8], "/B", [UPPER, 8], "/", [WORD, 24]),
  },
  { kind: "npm-token", form: "access", by: "rules", make: form("npm_", [WORD, 36]) },
  {
    kind: "npm-token",
    form: "in .npmrc",
    by: "rules",
    path: "root/.npmrc",
    make: form("//npm.corp/:_authToken=", [WORD, 30]),
  },
  {
    kind: "package-index-token",
    form: "PyPI",
    by: "own",
    make: form("pypi-AgEIcHlwaS5vcmc", [URL_SAFE, 120]),
  },
  { kind: "docker-token", form: "personal", by: "rules", make: form("dckr_pat_", [WORD, 27]) },
  {
    kind: "aws-secret-key",
    form: "assigned",
    by: "rules",
    make: form('AWS_SECRET_ACCESS_KEY="', [WORD, 40], '"'),
  },
  { kind: "aws-access-key", form: "long-lived", by: "own", make: form("AKIA", [UPPER, 16]) },
  { kind: "aws-session-key", form: "temporary", by: "own", make: form("ASIA", [UPPER, 16]) },
  { kind: "google-api-key", form: "plain", by: "own", make: form("AIza", [WORD, 35]) },
  {
    kind: "google-service-account-key",
    form: "JSON",
    by: "rules",
    path: "app/account.json",
    make: (random) =>
      JSON.stringify({
        type: "service_account",
        private_key_id: pick(random, HEX, 40),
        private_key: pem("rsa", "pkcs8"),
      }),
  },
  { kind: "sendgrid-key", form: "plain", by: "rules", make: form("SG.", [WORD, 22], ".", [WORD, 43]) },
  { kind: "shopify-key", form: "of an app", by: "rules", make: form("shpat_", [HEX, 32]) },
  { kind: "grafana-cloud-api-token", form: "cloud", by: "rules", make: form("glc_", [WORD, 60]) },
  {
    kind: "grafana-service-account-token",
    form: "service account",
    by: "rules",
    make: form("glsa_", [WORD, 32], "_", [HEX, 8]),
  },
  {
    kind: "openai-token",
    form: "of a project",
    by: "rules",
    make: form("sk-proj-", [WORD, 74], "T3BlbkFJ", [WORD, 74]),
  },
  {
    kind: "model-api-key",
    form: "without the mark in its middle",
    by: "own",
    make: form("sk-proj-", [WORD, 48]),
  },
  { kind: "model-api-key", form: "of a router", by: "own", make: form("sk-or-v1-", [HEX, 64]) },
  { kind: "anthropic-api-key", form: "plain", by: "rules", make: form("sk-ant-api03-", [WORD, 93], "AA") },
  { kind: "groq-api-key", form: "plain", by: "rules", make: form("gsk_", [WORD, 52]) },
  { kind: "huggingface-token", form: "plain", by: "rules", make: form("hf_", [LETTERS, 34]) },
  { kind: "linear-api-token", form: "plain", by: "rules", make: form("lin_api_", [WORD, 40]) },
  {
    kind: "notion-integration-token",
    form: "plain",
    by: "rules",
    make: form("ntn_", [DIGITS, 11], [WORD, 35]),
  },
  {
    kind: "1password-token",
    form: "of a service account",
    by: "rules",
    make(random) {
      const json = (pad: string) =>
        JSON.stringify({ email: `${pick(random, WORD, 80)}${pad}`, secretKey: {} });
      // Its last brace stands alone in its group of three.
      const text = ["", "x", "xx"].map(json).find(({ length }) => length % 3 === 1) ?? "";
      return `ops_${Buffer.from(text).toString("base64")}`;
    },
  },
  { kind: "hashicorp-vault-service-token", form: "service", by: "rules", make: form("hvs.", [WORD, 100]) },
  { kind: "hashicorp-vault-batch-token", form: "batch", by: "rules", make: form("hvb.", [WORD, 160]) },
  { kind: "hashicorp-vault-recovery-token", form: "recovery", by: "rules", make: form("hvr.", [WORD, 100]) },
  { kind: "vercel-personal-access-token", form: "personal", by: "rules", make: form("vcp_", [WORD, 40]) },
  { kind: "databricks-personal-access-token", form: "personal", by: "rules", make: form("dapi", [HEX, 32]) },
  { kind: "figma-personal-access-token", form: "personal", by: "rules", make: form("figd_", [WORD, 50]) },
  { kind: "payment-key", form: "live", by: "own", make: form("sk_live_", [WORD, 24]) },
  {
    kind: "tailscale-key",
    form: "of a device",
    by: "own",
    make: form("tskey-auth-", [WORD, 12], "-", [WORD, 32]),
  },
  { kind: "age-key", form: "plain", by: "own", make: form("AGE-SECRET-KEY-1", [UPPER, 58]) },
  {
    kind: "login-in-url",
    form: "basic authentication",
    by: "rules",
    make: form("https://deploy:", [WORD, 16], "@git.corp.io/x.git"),
  },
  {
    kind: "login-in-url",
    form: "PostgreSQL",
    by: "rules",
    make: form("postgresql://app:", [WORD, 16], "@db.corp.io:5432/app"),
  },
  {
    kind: "login-in-url",
    form: "MySQL",
    by: "rules",
    make: form("mysql://app:", [WORD, 16], "@db.corp.io/app"),
  },
  {
    kind: "login-in-url",
    form: "MongoDB",
    by: "rules",
    make: form("mongodb+srv://app:", [WORD, 16], "@db.corp.io/app"),
  },
  { kind: "private-key", form: "PKCS#8", by: "rules", make: () => pem("rsa", "pkcs8") },
  { kind: "private-key", form: "PKCS#1", by: "rules", make: () => pem("rsa", "pkcs1") },
  { kind: "private-key", form: "SEC 1", by: "own", make: () => pem("ec", "sec1") },
  { kind: "private-key", form: "Ed25519", by: "own", make: () => pem("ed25519", "pkcs8") },
  { kind: "private-key", form: "PKCS#1, encrypted", by: "own", make: () => pem("rsa", "pkcs1", "word") },
  { kind: "private-key", form: "PKCS#8, encrypted", by: "own", make: () => pem("rsa", "pkcs8", "word") },
  { kind: "private-key", form: "cut off", by: "own", make: () => pem("rsa", "pkcs8").slice(0, 200) },
  {
    kind: "private-key-base64",
    form: "PKCS#8",
    by: "own",
    make: () => Buffer.from(pem("rsa", "pkcs8")).toString("base64"),
  },
  {
    kind: "private-key-base64",
    form: "PKCS#1",
    by: "own",
    make: () => Buffer.from(pem("rsa", "pkcs1")).toString("base64"),
  },
  {
    kind: "private-key-base64",
    form: "SEC 1",
    by: "own",
    make: () => Buffer.from(pem("ec", "sec1")).toString("base64"),
  },
  {
    kind: "private-key-base64",
    form: "PKCS#8, encrypted",
    by: "own",
    make: () => Buffer.from(pem("rsa", "pkcs8", "word")).toString("base64"),
  },
];
