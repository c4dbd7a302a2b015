import { describe, expect, it } from "vitest";
import { type DoctorView, renderDoctor } from "../../src/views/render/doctor.ts";
import { createPaint } from "../../src/views/render/progress-text.ts";

const VIEW: DoctorView = {
  checks: [
    {
      id: "engine",
      status: "ok",
      finding: "private: Docker Engine 28.5.2 on Debian, x86_64; unix:///run/docker.sock",
    },
    { id: "login:ghcr.io", status: "failure", finding: "no login", fix: "docker login ghcr.io" },
    { id: "clock", status: "unknown", finding: "no other clock" },
  ],
};
const plain = createPaint(false);

describe("the check-up for people", () => {
  it("in a pipe: one line a check, and what mends it below", () => {
    expect(renderDoctor(VIEW, { paint: plain, columns: undefined })).toBe(
      `ok       engine         private: Docker Engine 28.5.2 on Debian, x86_64; unix:///run/docker.sock
failure  login:ghcr.io  no login
                        fix: docker login ghcr.io
unknown  clock          no other clock

1 failure, 1 unknown, 1 ok
`,
    );
  });

  it("on a terminal: findings are wrapped under themselves, fixes never", () => {
    expect(renderDoctor(VIEW, { paint: plain, columns: 80 })).toContain(
      `ok       engine         private: Docker Engine 28.5.2 on Debian, x86_64;
                        unix:///run/docker.sock
`,
    );
  });

  it("on a narrow one: below their check", () => {
    const text = renderDoctor(VIEW, { paint: plain, columns: 40 });
    expect(text).toContain(
      "ok       engine\n  private: Docker Engine 28.5.2 on\n  Debian, x86_64;\n  unix:///run/docker.sock\n",
    );
    expect(text).toContain("failure  login:ghcr.io\n  no login\n  fix: docker login ghcr.io\n");
  });

  it("of one column still ends, and nothing is lost", () => {
    const text = renderDoctor(VIEW, { paint: plain, columns: 1 });
    expect(text).toContain("unix:///run/docker.sock");
  });

  it("colours the status alone", () => {
    const text = renderDoctor(VIEW, { paint: createPaint(true), columns: undefined });
    expect(text).toContain("\u001b[31mfailure\u001b[0m  login:ghcr.io  no login\n");
  });
});
