/** A form that a secret has, and a text that is in all of that form: texts without it are passed over quickly. */
export interface SecretPattern {
  readonly kind: string;
  readonly prefix: string;
  readonly pattern: RegExp;
}

/**
 * Forms that their makers gave to secrets so that tools can find them, and private keys as PEM. A password that is just a
 * word has no form: what these do not find is not proven to be absent. All quantifiers are bounded, or end what they match.
 */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    kind: "private-key",
    prefix: "PRIVATE KEY",
    // With its content: a program that only knows the first line of such files is no key.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----\s{1,4}(?:[A-Za-z-]{1,30}: .{1,100}\r?\n){0,5}\s{0,4}[A-Za-z0-9+/=]{40}/g,
  },
  { kind: "aws-access-key", prefix: "AKIA", pattern: /\bAKIA[A-Z0-9]{16}\b/g },
  { kind: "aws-session-key", prefix: "ASIA", pattern: /\bASIA[A-Z0-9]{16}\b/g },
  { kind: "github-token", prefix: "gh", pattern: /\bgh[pousr]_[A-Za-z0-9]{36}/g },
  { kind: "github-token", prefix: "github_pat_", pattern: /\bgithub_pat_[A-Za-z0-9_]{50}/g },
  { kind: "gitlab-token", prefix: "glpat-", pattern: /\bglpat-[A-Za-z0-9_-]{20}/g },
  { kind: "slack-token", prefix: "xox", pattern: /\bxox[abpsr]-[A-Za-z0-9-]{20}/g },
  { kind: "google-api-key", prefix: "AIza", pattern: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  {
    kind: "model-api-key",
    prefix: "sk-",
    pattern: /\bsk-(?:(?:ant|proj)-[A-Za-z0-9_-]{40}|[A-Za-z0-9]{40})/g,
  },
  { kind: "model-hub-token", prefix: "hf_", pattern: /\bhf_[A-Za-z0-9]{34}\b/g },
  { kind: "package-index-token", prefix: "pypi-", pattern: /\bpypi-[A-Za-z0-9_-]{85}/g },
  { kind: "package-index-token", prefix: "npm_", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: "registry-token", prefix: "dckr_pat_", pattern: /\bdckr_pat_[A-Za-z0-9_-]{27}/g },
];

export interface SecretHit {
  readonly kind: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What of these forms is in a text. The secret itself is never part of the answer. */
export function findSecrets(text: string): readonly SecretHit[] {
  return SECRET_PATTERNS.flatMap(({ kind, prefix, pattern }) => {
    if (!text.includes(prefix)) return [];
    const lineAt = lineCounter(text);
    return [...text.matchAll(pattern)].flatMap(({ 0: found, index }) =>
      // The keys of AWS's own manuals, which its libraries repeat.
      found.includes("EXAMPLE") ? [] : [{ kind, line: lineAt(index) }],
    );
  });
}

/** Lines of places that are asked for in their order: a text full of secrets is read once. */
function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let next = text.indexOf("\n");
  return (index) => {
    for (; next >= 0 && next < index; next = text.indexOf("\n", next + 1)) line++;
    return line;
  };
}
