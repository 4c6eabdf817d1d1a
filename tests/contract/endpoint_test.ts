import { testAccess } from "./endpoint_suite/access.ts";
import { testBodies } from "./endpoint_suite/bodies.ts";
import { testCalls } from "./endpoint_suite/calls.ts";
import { testEvents } from "./endpoint_suite/events.ts";
import { testFrames } from "./endpoint_suite/frames.ts";
import {
  ONEBOT_EVENTS,
  ONEBOT_HTTP,
  ONEBOT_REVERSE,
  ONEBOT_WS,
  SATORI_HTTP,
  SATORI_WS,
} from "./endpoint_suite/dialect_rows.ts";
import { API, EVENTS, HELLO, WS } from "./endpoint_suite/frame_rows.ts";

/** Every endpoint of the program. A new one gets a row, and with it all cases. */
const ROWS = [
  WS,
  HELLO,
  EVENTS,
  API,
  ONEBOT_WS,
  ONEBOT_EVENTS,
  ONEBOT_HTTP,
  ONEBOT_REVERSE,
  SATORI_WS,
  SATORI_HTTP,
];

testAccess(ROWS);
testCalls(ROWS);
testFrames(ROWS);
testBodies(ROWS);
testEvents(ROWS);
