import { digestOf } from "../../src/core/base/digest.ts";
import { canonicalJson } from "../../src/core/base/json.ts";
import { Annotation } from "../../src/core/oci/annotation.ts";
import { folderItem, linkItem, type TarItem } from "../kit/tar-writer.ts";

export const PROFILE = `${canonicalJson({ machine: "mainpc", OMP_NUM_THREADS: 16 })}\n`;

export const FACTS = {
  [Annotation.created]: "2026-03-04T05:06:07Z",
  [Annotation.revision]: "a".repeat(40),
  [Annotation.baseName]: "demo/base",
  [Annotation.baseDigest]: digestOf("base"),
};
export const IDENTITY = digestOf("identity");
export const ANNOTATIONS = { ...FACTS, [Annotation.identity]: IDENTITY };

/** What a service of machine mainpc has in its one layer. */
export const FILES: readonly TarItem[] = [
  folderItem("usr"),
  folderItem("usr/bin"),
  linkItem("bin", "usr/bin"),
  { path: "usr/bin/tini", content: "ELF", mode: 0o755 },
  { path: "usr/bin/curl", content: "ELF", mode: 0o755 },
  { path: "usr/bin/su", content: "ELF", mode: 0o4755 },
  { path: "usr/bin/chage", content: "ELF", mode: 0o2755 },
  folderItem("etc"),
  {
    path: "etc/passwd",
    content: "root:x:0:0:root:/root:/bin/sh\nappuser:x:10001:10001::/home/appuser:/bin/false\n",
  },
  { path: "etc/group", content: "root:x:0:\nshadow:x:42:\nappuser:x:10001:\n" },
  { path: "etc/machine-profile.json", content: PROFILE },
  folderItem("var/log"),
  { path: "var/log/faillog" },
  folderItem("app"),
  { path: "app/main.py", content: "print('hello')\n" },
  { path: "app/__pycache__/main.cpython-311.pyc", content: "\0\0" },
  folderItem("var/mail", { mode: 0o2775 }),
];

export const CONFIG = {
  User: "10001:10001",
  Env: ["PATH=/usr/bin:/bin", "TOKEN_FILE=/run/token", "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D"],
  Entrypoint: ["/usr/bin/tini", "--"],
  Cmd: ["python", "main.py"],
  Labels: FACTS,
  Healthcheck: { Test: ["CMD", "curl", "--fail", "http://127.0.0.1:8200/health"] },
};

export const HISTORY = ["RUN |1 MACHINE=mainpc /bin/sh -c true # buildkit", "COPY app.py ./"];

/** The files without one, or with another in its place. */
export function without(path: string, instead: readonly TarItem[] = []): readonly TarItem[] {
  return [...FILES.filter((item) => item.path !== path), ...instead];
}
