import type { ProcessRunner } from "../../process/port.ts";
import { BootstrapError } from "./error.ts";

const FORMAT = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)";
const DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

interface Target {
  readonly uri: string;
  readonly release: string;
  readonly component: string;
  readonly keyring: string;
}

/**
 * The host's own mirrors for a suite and its updates and security, as deb822 text. The host's configuration is the only
 * place that knows a mirror which answers here. Throws BOOTSTRAP_NOT_HERE where the host has none.
 */
export async function hostSources(runner: ProcessRunner, suite: string): Promise<string> {
  const record = await runner.run({
    argv: ["apt-get", "indextargets", "--format", FORMAT, "Created-By: Packages"],
  });
  if (record.outcome !== "ok") {
    throw new BootstrapError(
      "BOOTSTRAP_NOT_HERE",
      "this host has no apt, whose sources would name a Debian mirror",
      {
        hint: "run `lapstrake lock` on Debian or Ubuntu, or where the root's registry can be reached",
      },
    );
  }
  const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const targets = parseTargets(record.stdout).filter(
    (target) => wanted.has(target.release) && target.component === "main",
  );
  if (!targets.some((target) => target.release === suite)) {
    throw new BootstrapError("BOOTSTRAP_NOT_HERE", `the host's apt sources have no suite ${suite}`, {
      hint: `add a source for ${suite} to apt, or lock where the root's registry can be reached`,
    });
  }
  return formatSources(targets);
}

function parseTargets(text: string): Target[] {
  return text.split("\n").flatMap((line) => {
    const [uri, release, component, keyring] = line.trim().split(" ");
    if (uri === undefined || release === undefined || component === undefined) return [];
    return [
      { uri, release, component, keyring: keyring?.startsWith("/") === true ? keyring : DEFAULT_KEYRING },
    ];
  });
}

/** One stanza for each place, suites and stanzas sorted, so that the text depends on the content alone. */
function formatSources(targets: readonly Target[]): string {
  const stanzas = new Map<string, { target: Target; suites: Set<string> }>();
  for (const target of targets) {
    const key = `${target.uri} ${target.keyring}`;
    const stanza = stanzas.get(key) ?? { target, suites: new Set<string>() };
    stanza.suites.add(target.release);
    stanzas.set(key, stanza);
  }
  return [...stanzas.values()]
    .map(({ target, suites }) =>
      [
        "Types: deb",
        `URIs: ${target.uri}`,
        `Suites: ${[...suites].sort().join(" ")}`,
        "Components: main",
        `Signed-By: ${target.keyring}`,
        "",
      ].join("\n"),
    )
    .sort()
    .join("\n");
}
