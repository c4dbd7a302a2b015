import { licencesOfCopyright } from "../sbom/copyright-licences.ts";
import type { ContentQuestion } from "./layer-facts.ts";
import { wholeReader } from "./whole-reader.ts";

const COPYRIGHT = /^usr\/share\/doc\/[^/]+\/copyright$/;
/** That of chromium has 300 KB. */
const MAX_COPYRIGHT = 1024 * 1024;

/** Which licences the `copyright` files of Debian's packages name. */
export const LICENCES_QUESTION: ContentQuestion = {
  id: "licences-1",
  keepLimit: 0,
  reads(path, size) {
    if (!path.endsWith("/copyright") || !COPYRIGHT.test(path) || size === 0) return undefined;
    if (size > MAX_COPYRIGHT) return { unread: `it is larger than ${MAX_COPYRIGHT} bytes` };
    return wholeReader(size, (content) => [
      { kind: "licences", path, names: licencesOfCopyright(new TextDecoder().decode(content)) },
    ]);
  },
};
