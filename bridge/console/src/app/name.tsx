/** Names of people and accounts, with what could deceive made visible. @module */

import { nameOf } from "../store/people.ts";
import { toVisible } from "../texts/visible.ts";

/** A nickname, or the number in italics while there is none. Isolated, so that it does not change the order of other text. */
export function Name(
  { person, uin }: {
    person: { uin: string; nickname: string } | undefined;
    uin: string;
  },
) {
  const isKnown = person !== undefined && person.nickname !== "";
  return (
    <bdi class={isKnown ? "name" : "name unknown-name"} dir="auto">
      {toVisible(nameOf(person, uin))}
    </bdi>
  );
}
