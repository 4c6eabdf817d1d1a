import { Cursor } from "../../../lib/bridge_client/cursor.ts";
import type { GapFrame } from "../../../lib/frames/frames.ts";
import { formatPosition, parsePosition } from "../../../lib/frames/position.ts";
import { assertEquals } from "@std/assert";
import { event } from "./scripted_socket.ts";

/**
 * What comes: `welcome EPOCH SEQ`, `event SEQ` or `gap REASON EPOCH FROM TO`; with
 * a `-` if the cursor does not take it. Then the position that was received.
 */
const CASES: [
  name: string,
  reader: { after?: string; consumer?: true },
  steps: string,
  received: string | undefined,
][] = [
  ["a first connection begins at the journal's end", {}, "welcome a 7", "a:7"],
  [
    "the journal's end is not a consumer's position",
    { consumer: true },
    "welcome a 7",
    undefined,
  ],
  [
    "a consumer takes its first event at any position",
    { consumer: true },
    "welcome a 7, event 3, -event 3",
    "a:3",
  ],
  [
    "a given position stays until something comes",
    { after: "a:3" },
    "welcome a 7",
    "a:3",
  ],
  [
    "what was received is not taken again",
    { after: "a:3" },
    "welcome a 7, -event 3, event 4, event 9, welcome a 9, -event 4, -event 9, event 10",
    "a:10",
  ],
  [
    "a trimmed range is passed over",
    { after: "a:3" },
    "welcome a 90, gap trimmed a 4 50, -event 50, event 51",
    "a:51",
  ],
  [
    "a range trimmed while connected may lie beyond the welcome",
    { after: "a:3" },
    "welcome a 5, gap trimmed a 4 50",
    "a:50",
  ],
  [
    "a trimmed range that was received is not a gap",
    { after: "a:60" },
    "welcome a 90, -gap trimmed a 4 50",
    "a:60",
  ],
  [
    "another journal begins where its gap ends",
    { after: "a:500" },
    "welcome b 9, gap epoch b 1 4, event 5, -event 5",
    "b:5",
  ],
  [
    "the former position is kept until the gap comes",
    { after: "a:500" },
    "welcome b 9",
    "a:500",
  ],
  [
    "another journal's gap is taken once",
    { after: "a:500", consumer: true },
    "welcome b 9, gap epoch b 1 4, event 5, welcome b 9, -gap epoch b 1 4, -event 5, event 6",
    "b:6",
  ],
  [
    "another journal's gap is taken again if it has grown past what came",
    { after: "a:500", consumer: true },
    "welcome b 9, gap epoch b 1 4, event 5, welcome b 20, gap epoch b 1 8, -event 8, event 9",
    "b:9",
  ],
  [
    "a gap of a journal that went back is not taken from the bridge",
    { after: "a:500" },
    "welcome a 300, -gap ahead a 301 500",
    "a:500",
  ],
];

for (const [name, { after, consumer }, steps, received] of CASES) {
  Deno.test({
    name: `Cursor: ${name}`,
    permissions: "none",
    fn() {
      const cursor = new Cursor(parsePosition(after ?? ""));
      for (const step of steps.split(", ")) {
        const [type, ...words] = step.replace("-", "").split(" ");
        const [first, epoch, from, to] = words as [string, string, ...string[]];
        if (type === "welcome") {
          const position = { epoch: first, seq: Number(epoch) };
          cursor.welcomed({
            type,
            protocol: 1,
            ...position,
            accounts: [],
            limits: {} as never,
          }, consumer ? undefined : position);
          continue;
        }
        const place = cursor.place(
          type === "event" ? event(Number(first)) : {
            type: "gap",
            reason: first as GapFrame["reason"],
            epoch,
            from: Number(from),
            to: Number(to),
          },
        );
        assertEquals(place !== undefined, !step.startsWith("-"), step);
        if (place !== undefined) cursor.move(place);
      }
      const { received: position } = cursor;
      assertEquals(position && formatPosition(position), received);
    },
  });
}
