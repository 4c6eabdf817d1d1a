/** Message elements: Satori's content and QQ's plain text, converted both ways. No I/O. @module */

import { MAX_MESSAGE_CHARACTERS } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  replacementOf,
  type SegmentMode,
} from "../endpoint/replaced_segments.ts";

/** A piece of content: text, or an element. */
export type Node = string | ElementNode;

/** An element of content. */
export interface ElementNode {
  readonly name: string;
  /** Values by name; empty if an attribute has none. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Maximum number of messages that one content makes. */
export const MAX_MESSAGES = 10;

/** Maximum depth of nested elements. */
export const MAX_ELEMENT_DEPTH = 64;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi;

const TAG =
  /<(\/?)([a-z][a-z0-9:._-]*)((?:\s+[^\s=<>"'/]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*(\/?)>/iy;

const ATTRIBUTE = /([^\s=]+)(?:=(?:"([^"]*)"|'([^']*)'))?/g;

/** Elements that QQ HTTP cannot carry. */
const RESOURCES: ReadonlySet<string> = new Set([
  "img",
  "image",
  "audio",
  "video",
  "file",
]);

/** Elements that refer to another message, which QQ HTTP cannot do. */
const REFERENCES: ReadonlySet<string> = new Set(["quote", "author"]);

/** Elements that only style their text. */
const STYLES: ReadonlySet<string> = new Set([
  "b",
  "strong",
  "i",
  "em",
  "u",
  "ins",
  "s",
  "del",
  "spl",
  "code",
  "sup",
  "sub",
]);

/** A message that content makes. */
export interface PlainContent {
  readonly text: string;
  /** Names of the elements that text replaces, in order. */
  readonly replaced: readonly string[];
}

/** Escapes text for content. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}

/** Unescapes text; an invalid escape stays as it is. */
export function unescapeText(text: string): string {
  return text.replace(
    ENTITY,
    (entity, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()]!;
      const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal);
      const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : entity;
    },
  );
}

/**
 * Converts content to messages: one, or one for each `<message>`.
 *
 * @param mode What is done with elements that QQ HTTP cannot carry.
 * @throws {CommandError} If there is such an element and `mode` is `strict`, or if
 * the content makes no message, too many, or too long ones.
 */
export function messagesOf(
  content: string,
  mode: SegmentMode,
): PlainContent[] {
  const out = new TextWriter(mode);
  out.write(parseElements(content));
  const texts = out.end();
  const isLong = texts.some(({ text }) => text.length > MAX_MESSAGE_CHARACTERS);
  if (texts.length === 0 || isLong) {
    throw badContent(
      `must make texts of 1 to ${MAX_MESSAGE_CHARACTERS} characters`,
    );
  }
  if (texts.length > MAX_MESSAGES) {
    throw badContent(
      `must make at most ${MAX_MESSAGES} messages, got ${texts.length}`,
    );
  }
  return texts;
}

/** An element that is not closed yet. */
interface OpenElement {
  readonly name: string;
  readonly source: string;
  readonly attributes: Record<string, string>;
  readonly children: Node[];
}

/** Parses content. A tag without its counterpart is text, and so is any other `<`. */
export function parseElements(content: string): Node[] {
  const root: OpenElement = {
    name: "",
    source: "",
    attributes: {},
    children: [],
  };
  const open = [root];
  let from = 0;
  let isAfterTag = false;
  const addText = (upTo: number, isBeforeTag: boolean) => {
    let text = content.slice(from, upTo);
    // White space with a line break beside a tag is layout of the content.
    if (isAfterTag) text = text.replace(/^\s*\n\s*/, "");
    if (isBeforeTag) text = trimEnd(text);
    if (text !== "") open.at(-1)!.children.push(unescapeText(text));
  };
  const lastComment = content.lastIndexOf("-->");
  for (let at = 0; (at = content.indexOf("<", at)) >= 0;) {
    const token = tokenAt(content, at, lastComment);
    if (token === undefined) {
      at++;
      continue;
    }
    addText(at, true);
    isAfterTag = true;
    at = from = token.end;
    if ("name" in token) takeTag(open, token);
  }
  addText(content.length, false);
  while (open.length > 1) unfold(open);
  return root.children;
}

interface Tag {
  readonly end: number;
  readonly kind: "open" | "close" | "empty";
  readonly name: string;
  readonly attributes: string;
  readonly source: string;
}

function tokenAt(
  content: string,
  at: number,
  lastComment: number,
): Tag | { end: number } | undefined {
  if (content.startsWith("<!--", at)) {
    // Searched only if one exists, because many comments without an end would take long.
    return at + 4 > lastComment
      ? undefined
      : { end: content.indexOf("-->", at + 4) + 3 };
  }
  TAG.lastIndex = at;
  const match = TAG.exec(content);
  if (match === null) return undefined;
  const [source, close, name, attributes, empty] = match;
  return {
    end: at + source.length,
    kind: close !== "" ? "close" : empty !== "" ? "empty" : "open",
    name: name!.toLowerCase(),
    attributes: attributes!,
    source,
  };
}

function takeTag(open: OpenElement[], tag: Tag): void {
  const { kind, name, source } = tag;
  if (kind === "close") {
    if (!open.some((one, index) => index > 0 && one.name === name)) {
      open.at(-1)!.children.push(source);
      return;
    }
    while (open.at(-1)!.name !== name) unfold(open);
    const { attributes, children } = open.pop()!;
    open.at(-1)!.children.push({ name, attributes, children });
    return;
  }
  const attributes = attributesOf(tag.attributes);
  if (kind === "empty") {
    open.at(-1)!.children.push({ name, attributes, children: [] });
    return;
  }
  if (open.length > MAX_ELEMENT_DEPTH) {
    throw badContent(`must not nest deeper than ${MAX_ELEMENT_DEPTH}`);
  }
  open.push({ name, source, attributes, children: [] });
}

/** Turns the tag of the innermost open element into text, because it is never closed. */
function unfold(open: OpenElement[]): void {
  const { source, children } = open.pop()!;
  const around = open.at(-1)!.children;
  around.push(source);
  for (const child of children) around.push(child);
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    attributes[name!.toLowerCase()] = unescapeText(double ?? single ?? "");
  }
  return attributes;
}

/** Removes white space at the end, if it contains a line break. */
function trimEnd(text: string): string {
  const trimmed = text.trimEnd();
  return text.includes("\n", trimmed.length) ? trimmed : text;
}

/** Writes elements as plain text. */
class TextWriter {
  readonly #mode: SegmentMode;
  readonly #messages: PlainContent[] = [];
  #text = "";
  #replaced: string[] = [];
  /** Whether a new line is due before more text. */
  #breaks = false;

  constructor(mode: SegmentMode) {
    this.#mode = mode;
  }

  write(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (typeof node === "string") this.#add(node);
      else this.#element(node);
    }
  }

  end(): PlainContent[] {
    if (this.#text !== "") {
      this.#messages.push({ text: this.#text, replaced: this.#replaced });
    }
    this.#text = "";
    this.#replaced = [];
    this.#breaks = false;
    return this.#messages;
  }

  #element({ name, attributes, children }: ElementNode): void {
    if (RESOURCES.has(name)) {
      if (this.#mode === "text") return this.#replace(name, attributes);
      throw badContent(`must be text: QQ HTTP cannot send <${name}>`);
    }
    if (REFERENCES.has(name)) return;
    switch (name) {
      case "br":
        return this.#add("\n");
      case "p":
        this.#breaks ||= this.#text !== "";
        this.write(children);
        this.#breaks = true;
        return;
      case "message":
        this.end();
        this.write(children);
        this.end();
        return;
      case "at":
        return this.#add(`@${attributes.name ?? attributes.id ?? "all"}`);
      case "sharp":
        return this.#add(`#${attributes.name ?? attributes.id ?? ""}`);
      case "emoji":
        if (children.length > 0) return this.write(children);
        if (attributes.name !== undefined) return this.#add(attributes.name);
        return this.#unknown(name, attributes);
      case "a":
        return this.#link(attributes.href ?? "", children);
      default:
        if (children.length > 0 || STYLES.has(name)) this.write(children);
        else this.#unknown(name, attributes);
    }
  }

  /** Handles an element without content that no standard names, which `strict` ignores. */
  #unknown(
    name: string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    if (this.#mode === "text") this.#replace(name, attributes);
  }

  #replace(
    name: string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    this.#replaced.push(name);
    this.#add(replacementOf(name, attributes));
  }

  #link(href: string, children: readonly Node[]): void {
    const before = this.#text.length;
    this.write(children);
    const text = this.#text.slice(before);
    if (href === "" || text.includes(href)) return;
    this.#add(text === "" ? href : ` (${href})`);
  }

  #add(text: string): void {
    if (text === "") return;
    if (this.#breaks && this.#text !== "" && !this.#text.endsWith("\n")) {
      this.#text += "\n";
    }
    this.#breaks = false;
    this.#text += text;
  }
}

function badContent(rule: string): CommandError {
  return new CommandError("bad_params", `Cannot send: content ${rule}`);
}
