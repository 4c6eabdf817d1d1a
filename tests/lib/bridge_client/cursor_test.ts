import { Cursor } from "../../../lib/bridge_client/cursor.ts";
import type { GapFrame } from "../../../lib/frames/frames.ts";
import type { Position } from "../../../lib/frames/position.ts";
import { assertEquals } from "../../deps.ts";
import { event } from "./scripted_socket.ts";

type Step =
  | ["welcome", string, number]
  | ["event", number, taken: boolean]
  | [
    "gap",
    GapFrame["reason"],
    string,
    from: number,
    to: number,
    taken: boolean,
  ];

const cases: {
  name: string;
  after?: Position;
  consumer?: boolean;
  steps: Step[];
  received: Position | undefined;
}[] = [
  {
    name: "the journal's end is where a first connection begins",
    steps: [["welcome", "a", 7]],
    received: { epoch: "a", seq: 7 },
  },
  {
    name: "a consumer's place is not the journal's end",
    consumer: true,
    steps: [["welcome", "a", 7]],
    received: undefined,
  },
  {
    name: "a consumer takes its first event wherever it stands",
    consumer: true,
    steps: [["welcome", "a", 7], ["event", 3, true], ["event", 3, false]],
    received: { epoch: "a", seq: 3 },
  },
  {
    name: "a place that was given stays until something comes",
    after: { epoch: "a", seq: 3 },
    steps: [["welcome", "a", 7]],
    received: { epoch: "a", seq: 3 },
  },
  {
    name: "what was received is not taken again",
    after: { epoch: "a", seq: 3 },
    steps: [
      ["welcome", "a", 7],
      ["event", 3, false],
      ["event", 4, true],
      ["event", 9, true],
      ["welcome", "a", 9],
      ["event", 4, false],
      ["event", 9, false],
      ["event", 10, true],
    ],
    received: { epoch: "a", seq: 10 },
  },
  {
    name: "a trimmed range is stepped over",
    after: { epoch: "a", seq: 3 },
    steps: [
      ["welcome", "a", 90],
      ["gap", "trimmed", "a", 4, 50, true],
      ["event", 50, false],
      ["event", 51, true],
    ],
    received: { epoch: "a", seq: 51 },
  },
  {
    name: "a range trimmed while connected may lie beyond the welcome",
    after: { epoch: "a", seq: 3 },
    steps: [["welcome", "a", 5], ["gap", "trimmed", "a", 4, 50, true]],
    received: { epoch: "a", seq: 50 },
  },
  {
    name: "a trimmed range that was received is not told",
    after: { epoch: "a", seq: 60 },
    steps: [["welcome", "a", 90], ["gap", "trimmed", "a", 4, 50, false]],
    received: { epoch: "a", seq: 60 },
  },
  {
    name: "another journal begins where its gap ends",
    after: { epoch: "a", seq: 500 },
    steps: [
      ["welcome", "b", 9],
      ["gap", "epoch", "b", 1, 4, true],
      ["event", 5, true],
      ["event", 5, false],
    ],
    received: { epoch: "b", seq: 5 },
  },
  {
    name: "the old place is kept until the gap was told",
    after: { epoch: "a", seq: 500 },
    steps: [["welcome", "b", 9]],
    received: { epoch: "a", seq: 500 },
  },
  {
    name: "another journal's gap is told once",
    after: { epoch: "a", seq: 500 },
    consumer: true,
    steps: [
      ["welcome", "b", 9],
      ["gap", "epoch", "b", 1, 4, true],
      ["event", 5, true],
      ["welcome", "b", 9],
      ["gap", "epoch", "b", 1, 4, false],
      ["event", 5, false],
      ["event", 6, true],
    ],
    received: { epoch: "b", seq: 6 },
  },
  {
    name:
      "another journal's gap is told again where it has grown past what came",
    after: { epoch: "a", seq: 500 },
    consumer: true,
    steps: [
      ["welcome", "b", 9],
      ["gap", "epoch", "b", 1, 4, true],
      ["event", 5, true],
      ["welcome", "b", 20],
      ["gap", "epoch", "b", 1, 8, true],
      ["event", 8, false],
      ["event", 9, true],
    ],
    received: { epoch: "b", seq: 9 },
  },
  {
    name: "a gap of a journal that went back is not taken from the bridge",
    after: { epoch: "a", seq: 500 },
    steps: [
      ["welcome", "a", 300],
      ["gap", "ahead", "a", 301, 500, false],
    ],
    received: { epoch: "a", seq: 500 },
  },
];

for (const { name, after, consumer, steps, received } of cases) {
  Deno.test({
    name: `Cursor: ${name}`,
    permissions: "none",
    fn() {
      const cursor = new Cursor(after);
      for (const step of steps) {
        if (step[0] === "welcome") {
          cursor.welcomed({
            type: "welcome",
            protocol: 1,
            epoch: step[1],
            seq: step[2],
            accounts: [],
            limits: {} as never,
          }, consumer ? undefined : { epoch: step[1], seq: step[2] });
          continue;
        }
        const place = step[0] === "event"
          ? cursor.place(event(step[1]))
          : cursor.place({
            type: "gap",
            reason: step[1],
            epoch: step[2],
            from: step[3],
            to: step[4],
          });
        const taken = step[0] === "event" ? step[2] : step[5];
        assertEquals(place !== undefined, taken, `${step}`);
        if (place !== undefined) cursor.move(place);
      }
      assertEquals(cursor.received, received);
    },
  });
}
