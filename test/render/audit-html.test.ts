import { describe, expect, it } from "vitest";
import type { ImageAudit } from "../../src/core/policy/audit/image-audit.ts";
import type { ReachedFile } from "../../src/core/policy/audit/reached-by-path.ts";
import { reachedByPath } from "../../src/core/policy/audit/reached-by-path.ts";
import type { Reason } from "../../src/core/policy/audit/reason.ts";
import { renderAuditHtml } from "../../src/views/render/audit-html.ts";
import { type AuditPageData, auditPageData } from "../../src/views/render/audit-page-data.ts";
import type { AuditView } from "../../src/views/render/audit-view.ts";
import { audited } from "../policy/audit/audited.ts";
import { hostileReport, pageReport, reportOf, SERVICE } from "./audit-reports.ts";

const NOTHING: ImageAudit = {
  packages: [],
  distributions: [],
  missing: [],
  host: [],
  mismatches: [],
  uncertain: [],
  gpu: undefined,
  loads: [],
  unread: [],
};

describe("the files that an audit reaches", () => {
  const { files, loads } = reachedByPath(audited(SERVICE));

  it("are told with whose they are, and why", () => {
    const of = (end: string) => files.find(({ path }) => path.endsWith(end));
    expect(of("fast/__init__.py")).toMatchObject({ distribution: "fast", reason: { what: "import" } });
    expect(of("libz.so.1")).toMatchObject({
      package: "zlib1g",
      level: "required",
      reason: { what: "library" },
    });
    expect(files.map(({ path }) => path)).toEqual(files.map(({ path }) => path).toSorted());
  });

  it("come with what loads what", () => {
    expect(loads).toContainEqual({
      from: expect.stringMatching(/_core.*\.so$/),
      to: expect.stringMatching(/libz\.so\.1$/),
    });
  });
});

describe("the page", () => {
  it("is the same bytes each time, and reaches nothing outside", () => {
    const page = renderAuditHtml(pageReport());
    expect(renderAuditHtml(pageReport())).toBe(page);
    expect(page).not.toMatch(/(src|href)="?(https?:)?\/\//);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`,
    );
  });

  it("shows hostile names as text, without what turns its direction", () => {
    const page = renderAuditHtml(hostileReport());
    expect(page.split("</script>")).toHaveLength(3);
    expect(page).not.toContain("<img");
    expect(page).not.toMatch(/\p{Bidi_Control}/u);
    expect(page).toContain("\\u{202e}");
  });

  it("says what was not read, and calls no image good of which something could not be", () => {
    const view: AuditView = {
      ...reportOf({ ...NOTHING, unread: [{ path: "x", why: "too large" }] }),
      left: [{ name: "other", why: "not built" }],
    };
    const page = renderAuditHtml(view);
    expect(page).toContain("1 files not read");
    expect(page).toContain("not audited");
    expect(page).not.toContain("nothing needed is missing<");
    expect(renderAuditHtml(reportOf(NOTHING))).toContain("nothing needed is missing<");
  });

  it("stays under 5 MB for 400 packages, 10000 modules and chains of hundreds", () => {
    expect(renderAuditHtml(largeReport()).length).toBeLessThan(5e6);
  });
});

describe("its data", () => {
  const data = auditPageData(pageReport());

  it("has each text and each step once", () => {
    expect(new Set(data.texts).size).toBe(data.texts.length);
    const [image] = data.images;
    const { what = [], name = [], at = [], line = [], because = [] } = image?.steps ?? {};
    const steps = what.map((_, step) =>
      [what, name, at, line, because].map((column) => column[step]).join(" "),
    );
    expect(steps.length).toBeGreaterThan(5);
    expect(new Set(steps).size).toBe(steps.length);
  });

  it("leads from the missing library to what the image starts with", () => {
    expect(chainIn(data, "libnone.so.3")).toEqual([
      "entrypoint python app.py",
      "import /app/app.py",
      "import fast",
      "import fast._core",
      expect.stringMatching(/^extension .*_core\.cpython-311-x86_64-linux-gnu\.so$/),
      "library libnone.so.3",
    ]);
  });

  it("takes a chain of thousands", () => {
    const [image] = auditPageData(largeReport()).images;
    expect(image?.steps.what.length).toBe(10_000);
  });
});

function chainIn({ images, texts }: AuditPageData, missing: string): readonly string[] {
  const [image] = images;
  const row = image?.missing.find(([, name = -1]) => texts[name] === missing);
  const chain: string[] = [];
  for (let step = row?.[3] ?? -1; step >= 0; step = image?.steps.because[step] ?? -1)
    chain.unshift(`${texts[image?.steps.what[step] ?? -1]} ${texts[image?.steps.name[step] ?? -1]}`);
  return chain;
}

/** As a GPU image has them: modules in chains, of which some are thousands long. */
function largeReport(): AuditView {
  let because: Reason | undefined;
  const files = Array.from({ length: 10_000 }, (_, index): ReachedFile => {
    const path = `opt/venv/lib/python3.11/site-packages/package${index % 100}/models/module_of_some_name_${index}.py`;
    const above = index % 3000 === 0 ? undefined : because;
    because = {
      what: "import",
      name: `package${index % 100}.models.module_of_some_name_${index}`,
      ...(above === undefined ? {} : { at: `${path}:${index}`, because: above }),
    };
    return {
      path,
      level: "required",
      reason: because,
      package: undefined,
      distribution: `package${index % 100}`,
    };
  });
  const packages = Array.from({ length: 400 }, (_, index) => ({
    name: `libpackage${index}`,
    version: "1.2.3-4+deb12u1",
    use: "needed" as const,
    bytes: index * 1e5,
    layer: 1,
    instruction: { image: "base", file: "docker/base/Dockerfile", line: 7, endLine: 9 },
    alsoRemoved: [],
    reason: files[index * 20]?.reason,
  }));
  const [image] = reportOf({ ...NOTHING, packages }).images;
  return {
    release: undefined,
    left: [],
    images: image === undefined ? [] : [{ ...image, reached: { files, loads: [] } }],
  };
}
