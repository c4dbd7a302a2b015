import type { Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

const SET_UID = 0o4000;
const SET_GID = 0o2000;

/** What Debian's own packages install so, and the bit that each may have; all belong to root. */
const ALLOWED: ReadonlyMap<string, number> = new Map([
  ...["chfn", "chsh", "gpasswd", "mount", "newgrp", "passwd", "su", "umount"].map(
    (name) => [`usr/bin/${name}`, SET_UID] as const,
  ),
  ...["chage", "expiry", "wall", "write", "bsd-write", "ssh-agent", "dotlockfile"].map(
    (name) => [`usr/bin/${name}`, SET_GID] as const,
  ),
  ...["unix_chkpwd", "pam_extrausers_chkpwd"].map((name) => [`usr/sbin/${name}`, SET_GID] as const),
  ["usr/lib/openssh/ssh-keysign", SET_UID],
  ["usr/lib/dbus-1.0/dbus-daemon-launch-helper", SET_UID],
]);

/**
 * No file gives whoever runs it the powers of another, but for Debian's usual ones: set-user-id, set-group-id, and file
 * capabilities. The bit on folders only says whose group new files get, and is not looked at.
 */
export function setuidVerdict(facts: ImageFacts): Verdict {
  return contentVerdict("image-setuid", facts, ({ layers, flat }) => {
    const fails: Reason[] = [];
    let usual = 0;
    for (const [path, { type, mode, uid, layer, capabilities }] of flat.tree.walk()) {
      if (type !== "file") continue;
      const bits = mode & (SET_UID | SET_GID);
      const digest = layers[layer]?.diffId;
      const place = digest === undefined ? {} : { digest };
      if (capabilities === true)
        fails.push({
          id: "file-capabilities",
          path,
          message: `/${path} has file capabilities`,
          ...place,
          hint: `setcap -r /${path}`,
        });
      if (bits === 0) continue;
      if (uid === 0 && bits === ALLOWED.get(canonical(path))) usual++;
      else {
        const what =
          bits === SET_GID
            ? "set-group-id"
            : bits === SET_UID
              ? "set-user-id"
              : "set-user-id and set-group-id";
        fails.push({
          id: what.replaceAll(" ", "-"),
          path,
          message: `/${path} is ${what} (owner ${uid}), and none of Debian's usual`,
          ...place,
          hint: `chmod a-s /${path}`,
        });
      }
    }
    return { fails, holds: { message: `${usual} of Debian's usual set-id programs, no others` } };
  });
}

/** Before Debian 12 /bin, /sbin and /lib were folders of their own. */
function canonical(path: string): string {
  return /^(?:bin|sbin|lib)\//.test(path) ? `usr/${path}` : path;
}
