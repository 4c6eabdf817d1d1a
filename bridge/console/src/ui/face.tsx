/** Faces drawn from their number: the same number always gives the same face; an unknown one is a plain outline. @module */

import type { Status } from "../../../../lib/protocol/codes.ts";

/** Numbers of faces that share a picture, as in `avatarPicture` of the library, whose tables no list needs. */
const FACES = 3;

const EYES = [
  "M11 17v2 M21 17v2",
  "M9.5 18.5q1.5-2 3 0 M19.5 18.5q1.5-2 3 0",
  "M9.5 17.5q1.5 2 3 0 M19.5 17.5q1.5 2 3 0",
  "M11 18v.01 M21 18v.01",
  "M9.5 18h3 M19.5 18h3",
  "M11 16.5v2.5 M19.5 18q1.5-2 3 0",
] as const;

const MOUTHS = [
  "M13 23q3 2.6 6 0",
  "M13.5 23.5h5",
  "M14 23q2 3.4 4 0z",
  "M13 24q3-2 6 0",
  "M13 23q1.5 1.6 3 0q1.5 1.6 3 0",
] as const;

/** Hair and ears that are drawn behind the face. */
const BEHIND = [
  "",
  "M8 13L7 5l7 5z M24 13l1-8-7 5z",
  "M9 11a4 4 0 1 1 4-4z M23 11a4 4 0 1 0-4-4z",
  "M11 11q-3-9 0-9t3 8z M21 11q3-9 0-9t-3 8z",
] as const;

/** Parts that are drawn in front of the face. */
const BEFORE = [
  "",
  "M7 15q0-9 9-9t9 9q-4-1-6-4q-4 4-12 4z",
  "M7 14q2-8 9-8t9 8q-9-4-18 0z",
  "M6.5 16q-.5-10 9.5-10q10 0 9.5 10q-2-6-6-6q-8 3-13 6z",
] as const;

const TONES = 12;

/** Parts and tone of a face. */
export interface FaceParts {
  eyes: number;
  mouth: number;
  behind: number;
  before: number;
  tone: number;
}

/** Parts of a face. As in the old client, three consecutive numbers share one face. */
export function partsOf(face: number): FaceParts {
  const picture = Math.max(0, Math.floor(face / FACES));
  let mixed = Math.imul(picture + 1, 0x9e3779b1) >>> 0;
  const take = (count: number) => {
    const part = mixed % count;
    mixed = Math.floor(mixed / count);
    return part;
  };
  return {
    tone: picture % TONES,
    eyes: take(EYES.length),
    mouth: take(MOUTHS.length),
    behind: take(BEHIND.length),
    before: take(BEFORE.length),
  };
}

export interface FaceProps {
  /** Number of the face; `undefined` until it is known. */
  face?: number | undefined;
  /** Shown as a dot; the text beside the face says it too. */
  status?: Status | undefined;
  size?: "small" | "large";
}

/** Face with a presence dot. Hidden from screen readers, because the name is beside it. */
export function Face({ face, status, size }: FaceProps) {
  const away = status === "offline" ? " away" : "";
  return (
    <span class={`face ${size ?? ""}${away}`} aria-hidden="true">
      {face === undefined ? <Outline /> : <Drawn {...partsOf(face)} />}
      {status !== undefined && <i class={`dot ${status}`} />}
    </span>
  );
}

function Drawn({ eyes, mouth, behind, before, tone }: FaceParts) {
  return (
    <svg viewBox="0 0 32 32" class={`tone${tone}`} focusable="false">
      <rect class="ground" width="32" height="32" rx="10" />
      <path class="hair" d={BEHIND[behind]} />
      <ellipse class="skin" cx="16" cy="19" rx="9.2" ry="9" />
      <path class="hair" d={BEFORE[before]} />
      <path class="line" d={EYES[eyes]} />
      <path class="line" d={MOUTHS[mouth]} />
    </svg>
  );
}

function Outline() {
  return (
    <svg viewBox="0 0 32 32" class="outline" focusable="false">
      <rect class="ground" width="32" height="32" rx="10" />
      <path
        class="hair"
        d="M7 28a9 8 0 0 1 18 0z M16 7a5 5 0 1 1 0 10a5 5 0 1 1 0-10z"
      />
    </svg>
  );
}
