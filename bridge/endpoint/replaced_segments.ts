/** Pieces of a message that QQ HTTP cannot carry, as the text that QQ shows in their place. No I/O. @module */

/** Names of pieces that QQ shows as one word, by their names in OneBot and Satori. */
const WORDS: Readonly<Record<string, string>> = {
  image: "图片",
  img: "图片",
  record: "语音",
  audio: "语音",
  video: "视频",
  file: "文件",
  face: "表情",
  emoji: "表情",
  location: "位置",
  share: "分享",
};

/** Names of pieces that also say what they are about, and where that is said. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  location: ["title", "name"],
  share: ["title", "url"],
};

/** What is done with pieces that QQ HTTP cannot carry: replaced by text, or the message is refused. */
export type SegmentMode = "text" | "strict";

/** The text in place of a piece, from what the piece holds. */
export function replacementOf(
  type: string,
  data: Readonly<Record<string, unknown>>,
): string {
  const word = Object.hasOwn(WORDS, type) ? WORDS[type] : type;
  const details = Object.hasOwn(DETAILS, type) ? DETAILS[type]! : [];
  const texts = details.map((name) => data[name])
    .filter((value) => typeof value === "string" && value !== "");
  return [`[${word}]`, ...texts].join(" ");
}

/** Reads `?segments=`; undefined if it is neither `text` nor `strict`. */
export function parseSegmentMode(
  value: string | null,
): SegmentMode | undefined {
  if (value === null) return "text";
  return value === "text" || value === "strict" ? value : undefined;
}
