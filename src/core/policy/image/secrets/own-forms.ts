/** A form that a secret has, and a text that is in all of that form: texts without it are passed over quickly. */
export interface SecretForm {
  readonly kind: string;
  readonly prefix: string;
  readonly pattern: RegExp;
}

/**
 * What the rule set has no rule for, and how its makers write it. All quantifiers are bounded, or end what they match. That
 * each is needed is a test's business: where the rule set learns one, that test turns red.
 */
export const OWN_FORMS: readonly SecretForm[] = [
  {
    kind: "private-key",
    prefix: "PRIVATE KEY",
    // With its content: a program that only knows the first line of such files is no key. The rule set wants the last line
    // as well, and knows neither header lines (encrypted PEM, PGP) nor keys as short as those of Ed25519.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----\s{1,4}(?:[A-Za-z-]{1,30}: .{1,100}\r?\n){0,5}\s{0,4}[A-Za-z0-9+/=]{40}/g,
  },
  {
    kind: "private-key-base64",
    // "-----BEGIN " with what may follow it, as kubeconfig files and variables carry keys.
    prefix: "LS0tLS1CRUdJTi",
    pattern:
      /LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURSBLRVkt|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUgS0VZ|BFTkNSWVBURUQgUFJJVkFURSBLRVkt)[A-Za-z0-9+/=]{40}/g,
  },
  { kind: "aws-access-key", prefix: "AKIA", pattern: /\bAKIA[A-Z0-9]{16}\b/g },
  { kind: "aws-session-key", prefix: "ASIA", pattern: /\bASIA[A-Z0-9]{16}\b/g },
  // Of an app's installation, in its form of 2026: the app's number and a JWT.
  { kind: "github-token", prefix: "ghs_", pattern: /\bghs_[0-9]{1,20}_ey[A-Za-z0-9_-]{20}/g },
  {
    kind: "gitlab-token",
    prefix: "gl",
    pattern: /\bgl(?:rt|dt|ptt|cbt|ft|imt|soat|agent)-[A-Za-z0-9_-]{20}/g,
  },
  { kind: "google-api-key", prefix: "AIza", pattern: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  {
    kind: "model-api-key",
    prefix: "sk-",
    pattern: /\bsk-(?:(?:ant|proj|svcacct|or-v1)-[A-Za-z0-9_-]{40}|[A-Za-z0-9]{40})/g,
  },
  { kind: "package-index-token", prefix: "pypi-", pattern: /\bpypi-[A-Za-z0-9_-]{85}/g },
  { kind: "payment-key", prefix: "k_live_", pattern: /\b[rs]k_live_[A-Za-z0-9]{24}/g },
  { kind: "tailscale-key", prefix: "tskey-", pattern: /\btskey-(?:auth|api|client)-[A-Za-z0-9]{8,32}-/g },
  { kind: "age-key", prefix: "AGE-SECRET-KEY-1", pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g },
];
