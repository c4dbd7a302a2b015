export type CvssVersion = "2.0" | "3.0" | "3.1" | "4.0";

/** The values that a metric may have, one letter or word each. */
type Metrics = Readonly<Record<string, readonly string[]>>;

export interface CvssMetrics {
  /** Each stands in a vector once. */
  readonly base: Metrics;
  /** May stand there. They tell of today, or of one place, and not how bad the flaw itself is. */
  readonly optional: Metrics;
}

function values(text: string): readonly string[] {
  return text.split(" ");
}

/** "A Complete Guide to the CVSS Version 2.0", tables 1 to 12. */
const V2: CvssMetrics = {
  base: {
    AV: values("L A N"),
    AC: values("H M L"),
    Au: values("M S N"),
    C: values("N P C"),
    I: values("N P C"),
    A: values("N P C"),
  },
  optional: {
    E: values("U POC F H ND"),
    RL: values("OF TF W U ND"),
    RC: values("UC UR C ND"),
    CDP: values("N L LM MH H ND"),
    TD: values("N L M H ND"),
    CR: values("L M H ND"),
    IR: values("L M H ND"),
    AR: values("L M H ND"),
  },
};

/** "CVSS v3.1 Specification Document", table 15; 3.0 has the same. */
const V3: CvssMetrics = {
  base: {
    AV: values("N A L P"),
    AC: values("L H"),
    PR: values("N L H"),
    UI: values("N R"),
    S: values("U C"),
    C: values("H L N"),
    I: values("H L N"),
    A: values("H L N"),
  },
  optional: {
    E: values("X H F P U"),
    RL: values("X U W T O"),
    RC: values("X C R U"),
    CR: values("X H M L"),
    IR: values("X H M L"),
    AR: values("X H M L"),
    MAV: values("X N A L P"),
    MAC: values("X L H"),
    MPR: values("X N L H"),
    MUI: values("X N R"),
    MS: values("X U C"),
    MC: values("X H L N"),
    MI: values("X H L N"),
    MA: values("X H L N"),
  },
};

/** "CVSS v4.0 Specification Document", table 23. */
const V4: CvssMetrics = {
  base: {
    AV: values("N A L P"),
    AC: values("L H"),
    AT: values("N P"),
    PR: values("N L H"),
    UI: values("N P A"),
    VC: values("H L N"),
    VI: values("H L N"),
    VA: values("H L N"),
    SC: values("H L N"),
    SI: values("H L N"),
    SA: values("H L N"),
  },
  optional: {
    E: values("X A P U"),
    CR: values("X H M L"),
    IR: values("X H M L"),
    AR: values("X H M L"),
    MAV: values("X N A L P"),
    MAC: values("X L H"),
    MAT: values("X N P"),
    MPR: values("X N L H"),
    MUI: values("X N P A"),
    MVC: values("X H L N"),
    MVI: values("X H L N"),
    MVA: values("X H L N"),
    MSC: values("X H L N"),
    MSI: values("X S H L N"),
    MSA: values("X S H L N"),
    S: values("X N P"),
    AU: values("X N Y"),
    R: values("X A U I"),
    V: values("X D C"),
    RE: values("X L M H"),
    U: values("X Clear Green Amber Red"),
  },
};

export const METRICS: Readonly<Record<CvssVersion, CvssMetrics>> = {
  "2.0": V2,
  "3.0": V3,
  "3.1": V3,
  "4.0": V4,
};
