/** Of which versions it is known that they take one version of another package only. */
export interface KnownRequirement {
  readonly package: string;
  readonly from: string;
  readonly through: string;
  readonly needs: string;
  readonly exactly: string;
}

/**
 * From Requires-Dist in the metadata of the published wheels (Linux, x86-64, Python 3.11), read through a resolver on
 * 2026-11-25. Versions between two lines, and newer ones, are not known.
 */
export const KNOWN_REQUIREMENTS: readonly KnownRequirement[] = [
  ...lines("vllm", "torch", [
    ["0.2.6", "0.4.0.post1", "2.1.2"],
    ["0.4.1", "0.4.1", "2.2.1"],
    ["0.4.2", "0.5.1", "2.3.0"],
    ["0.5.2", "0.5.3.post1", "2.3.1"],
    ["0.5.4", "0.6.3.post1", "2.4.0"],
    ["0.6.4", "0.7.3", "2.5.1"],
    ["0.8.0", "0.8.5.post1", "2.6.0"],
    ["0.9.0", "0.9.2", "2.7.0"],
    ["0.10.0", "0.10.1.1", "2.7.1"],
    ["0.10.2", "0.11.0", "2.8.0"],
    ["0.11.1", "0.13.0", "2.9.0"],
    ["0.14.0", "0.14.1", "2.9.1"],
    ["0.16.0", "0.16.0", "2.9.1"],
    ["0.17.0", "0.19.1", "2.10.0"],
    ["0.20.0", "0.26.0", "2.11.0"],
    ["0.27.0", "0.33.0", "2.13.0"],
  ]),
  ...lines("torchvision", "torch", [
    ["0.16.2", "0.16.2", "2.1.2"],
    ["0.17.0", "0.17.0", "2.2.0"],
    ["0.17.1", "0.17.1", "2.2.1"],
    ["0.17.2", "0.17.2", "2.2.2"],
    ["0.18.0", "0.18.0", "2.3.0"],
    ["0.18.1", "0.18.1", "2.3.1"],
    ["0.19.0", "0.19.0", "2.4.0"],
    ["0.19.1", "0.19.1", "2.4.1"],
    ["0.20.1", "0.20.1", "2.5.1"],
  ]),
];

function lines(
  name: string,
  needs: string,
  versions: readonly (readonly [from: string, through: string, exactly: string])[],
): readonly KnownRequirement[] {
  return versions.map(([from, through, exactly]) => ({ package: name, from, through, needs, exactly }));
}
