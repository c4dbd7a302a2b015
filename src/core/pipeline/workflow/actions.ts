export interface PinnedAction {
  readonly uses: string;
  readonly version: string;
  /** The commit of that version's tag. */
  readonly commit: string;
  /** Day of the release, or of the first place that pins it: YYYY-MM-DD. */
  readonly date: string;
  /** Public places that name this commit as that version, looked up on 2026-11-26. */
  readonly seen: readonly string[];
}

/** The only programs of others that a generated workflow runs. To renew one is to change its line here. */
export const ACTIONS = {
  checkout: {
    uses: "actions/checkout",
    version: "v6.0.3",
    commit: "df4cb1c069e1874edd31b4311f1884172cec0e10",
    date: "2026-06-02",
    seen: [
      "https://github.com/praw-dev/prawcore/pull/285",
      "https://github.com/LFDT-Lineth/lineth-monorepo/pull/3483",
    ],
  },
  setupNode: {
    uses: "actions/setup-node",
    version: "v6.4.0",
    commit: "48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e",
    date: "2026-04-20",
    seen: [
      "https://github.com/ChrisCarini/jetbrains-auto-power-saver/pull/738",
      "nine other public files that pin this commit with the comment v6.4.0",
    ],
  },
  uploadArtifact: {
    uses: "actions/upload-artifact",
    version: "v7.0.1",
    commit: "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a",
    date: "2026-04-10",
    seen: [
      "https://github.com/thomhurst/TUnit/pull/5495 (the version and its day)",
      "ten public files that pin this commit with the comment v7.0.1",
    ],
  },
  downloadArtifact: {
    uses: "actions/download-artifact",
    version: "v8.0.1",
    commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
    date: "2026-04-12",
    seen: [
      "https://github.com/leodip/goiabada/pull/186",
      "ten public files that pin this commit with the comment v8.0.1",
    ],
  },
  uploadSarif: {
    uses: "github/codeql-action/upload-sarif",
    version: "v4.37.9",
    commit: "cdf488f595d80d6e07e03d4674febd5ab45fa938",
    date: "2026-08-31",
    seen: [
      "https://github.com/ChrisCarini/automatic-github-issue-navigation-configuration-jetbrains-plugin/pull/757",
      "https://github.com/ChrisCarini/jetbrains-auto-power-saver/pull/835",
      "ten public files that pin this commit as v4.37.9",
    ],
  },
} as const satisfies Readonly<Record<string, PinnedAction>>;

export type ActionName = keyof typeof ACTIONS;
