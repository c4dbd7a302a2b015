import type { BaselineRecipe } from "./baseline-recipe.ts";

export interface PlacedRequirement {
  /** Within the context `REQUIREMENTS`. */
  readonly file: string;
  readonly choices: readonly string[];
}

/** The named context that holds the files of requirements. */
export const REQUIREMENTS = "baseline-requirements";
const CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/**
 * A service the way that people begin: one stage, as root, with all that its images install, what apt recommends, a compiler,
 * the package lists, what pip fetched, and whole folders copied. `build.trust` reaches it as it reaches the fleet's own.
 */
export function baselineDockerfile(
  { root, apt, environment, interpreter, contexts }: BaselineRecipe,
  requirements: readonly PlacedRequirement[],
): string {
  const pip = environment === undefined ? `${interpreter} -m pip` : quoted(`${environment}/bin/pip`);
  const blocks = [
    `# One stage, everything installed, nothing taken away again. Written by lapstrake size --baseline.\nFROM ${root.name}`,
    ...(apt.length === 0 ? [] : [aptStep(apt)]),
    ...(environment === undefined || requirements.length === 0
      ? []
      : [
          `RUN ${interpreter} -m venv ${quoted(environment)}`,
          // What is compiled finds its tools there.
          `ENV PATH="${environment}/bin:$PATH"`,
        ]),
    ...(requirements.length === 0 ? [] : [`COPY --from=${REQUIREMENTS} . /requirements/`]),
    ...requirements.map((each) => pipStep(pip, each)),
    "WORKDIR /app",
    ...contexts.map(({ name }) => (name === "" ? "COPY . /app/" : `COPY --from=${name} . /app/`)),
  ];
  return `${blocks.join("\n")}\n`;
}

/** The usual roots drop the archives of packages by their configuration of apt; a bootstrapped one has none, and is no larger for it. */
const AS_USUAL_ROOTS = "-o APT::Keep-Downloaded-Packages=false";

function aptStep(packages: readonly string[]): string {
  return [
    "RUN --mount=type=secret,id=ca-bundle,required=false \\",
    "    if [ -s /run/secrets/ca-bundle ]; then set -- -o Acquire::https::CaInfo=/run/secrets/ca-bundle; fi \\",
    '    && apt-get "$@" update \\',
    `    && DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y ${AS_USUAL_ROOTS} ${packages.map(quoted).join(" ")}`,
  ].join("\n");
}

/**
 * What pip's cache comes to: one copy of each archive that it fetched. Whether pip keeps it by itself depends on what the index
 * and any proxy before it say of their answers, and a baseline must not.
 */
const PIP_CACHE = "/root/.cache/pip";

function pipStep(pip: string, { file, choices }: PlacedRequirement): string {
  const asked = [...choices.map(quoted), "-r", quoted(`/requirements/${file}`)].join(" ");
  return [
    `RUN --mount=type=secret,id=ca-bundle,target=${CA_BUNDLE},required=false \\`,
    `    PIP_CERT=${CA_BUNDLE} ${pip} download --no-cache-dir -d ${PIP_CACHE} ${asked} \\`,
    `    && ${pip} install --no-cache-dir --no-index --find-links ${PIP_CACHE} ${asked}`,
  ].join("\n");
}

/** A word of somebody's Dockerfile as one word of ours. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=+@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
