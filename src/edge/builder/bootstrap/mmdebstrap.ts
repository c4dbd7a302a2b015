import type { EpochSeconds } from "../../../core/base/clock.ts";
import type { Command } from "../../process/port.ts";

/** What mmdebstrap makes: a tar of a minimal Debian, the same bytes for the same recipe and package versions. */
export interface DebianRoot {
  /** argv prefix of mmdebstrap with its hook for a merged /usr, as the engine file has it. */
  readonly program: readonly [string, ...string[]];
  readonly suite: string;
  readonly variant: string;
  readonly packages: readonly string[];
  /** deb822 sources, given on stdin; they become the root's own. */
  readonly sources: string;
  readonly epoch: EpochSeconds;
  /** A folder whose content goes to /usr/local of the root. */
  readonly local?: string;
  /** Folder that gets a copy of the root's dpkg status. */
  readonly facts: string;
  /** The tar. */
  readonly output: string;
}

// Documentation and translations are a third of a minimal root and no service reads them; licences stay.
const EXCLUDED = [
  "/usr/share/man/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/doc/*",
  "/usr/share/lintian/*",
];

/**
 * What would differ between two runs or machines: mmdebstrap copies the host's name and resolver; logs and caches hold
 * times; downloaded archives are left behind where hooks are given.
 */
const SWEPT = [
  "/etc/hostname",
  "/etc/resolv.conf",
  "/var/log/*",
  "/var/cache/ldconfig/aux-cache",
  "/var/cache/debconf/*-old",
  "/var/cache/apt/archives/*.deb",
  "/var/cache/apt/*.bin",
];

export function mmdebstrapCommand(root: DebianRoot): Command {
  return {
    argv: [
      ...root.program,
      "--mode=root",
      `--variant=${root.variant}`,
      "--format=tar",
      "--skip=output/dev",
      '--aptopt=APT::Install-Recommends "false"',
      ...EXCLUDED.map((path) => `--dpkgopt=path-exclude=${path}`),
      "--dpkgopt=path-include=/usr/share/doc/*/copyright",
      `--include=${root.packages.join(",")}`,
      ...(root.local === undefined
        ? []
        : [`--customize-hook=sync-in ${root.local} /usr/local`, `--customize-hook=chroot "$1" ldconfig`]),
      `--customize-hook=copy-out /var/lib/dpkg/status ${root.facts}`,
      `--customize-hook=rm -rf ${SWEPT.map((path) => `"$1"${path}`).join(" ")}`,
      root.suite,
      root.output,
      "-",
    ],
    env: { SOURCE_DATE_EPOCH: String(root.epoch), LC_ALL: "C.UTF-8" },
    stdin: root.sources,
  };
}
