/** Installed packages of a dpkg status file: `name` (`name:arch` where it is foreign) to version, sorted by name. */
export function installedPackages(status: string, architecture: string): Readonly<Record<string, string>> {
  const found = status.split(/\n\n+/).flatMap((stanza) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1];
    const [name, version, arch] = [field("Package"), field("Version"), field("Architecture")];
    if (name === undefined || version === undefined || field("Status") !== "install ok installed") return [];
    const plain = arch === undefined || arch === "all" || arch === architecture;
    return [[plain ? name : `${name}:${arch}`, version] as const];
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
