/** Form fields for notifications, sound, density, and the key that sends. @module */

import { s } from "../session/texts.ts";
import { type Signal, useState } from "../../deps.ts";
import {
  DENSITIES,
  density,
  SEND_KEYS,
  sendKey,
  switches,
} from "../../texts/preferences.ts";
import { t } from "../../texts/strings.ts";
import { Field } from "../../ui/controls.tsx";
import { muted, setMuted } from "./muting.ts";

const DENSITY_TEXTS = {
  comfortable: "densityComfortable",
  compact: "densityCompact",
} as const;

const SEND_TEXTS = { enter: "sendEnter", ctrlEnter: "sendCtrlEnter" } as const;

/** How lists look, and how messages are sent. */
export function ViewFields() {
  return (
    <>
      <Field label={s("density")}>
        <select
          name="density"
          value={density.value}
          onChange={({ currentTarget }) =>
            density.value = DENSITIES[currentTarget.selectedIndex]!}
        >
          {DENSITIES.map((one) => (
            <option key={one} value={one}>{s(DENSITY_TEXTS[one])}</option>
          ))}
        </select>
      </Field>
      <Field label={s("sendKey")}>
        <select
          name="sendKey"
          value={sendKey.value}
          onChange={({ currentTarget }) =>
            sendKey.value = SEND_KEYS[currentTarget.selectedIndex]!}
        >
          {SEND_KEYS.map((one) => (
            <option key={one} value={one}>{s(SEND_TEXTS[one])}</option>
          ))}
        </select>
      </Field>
    </>
  );
}

/** Asks the browser only when the user turns notifications on. */
export function NoticeFields() {
  const [problem, setProblem] = useState<"noticeDenied" | "noticeUnknown">();
  const { notifications, noticeTexts, sound } = switches;
  const turn = async (isOn: boolean) => {
    setProblem(undefined);
    if (isOn && !("Notification" in globalThis)) {
      isOn = false;
      setProblem("noticeUnknown");
    } else if (isOn && await Notification.requestPermission() !== "granted") {
      isOn = false;
      setProblem("noticeDenied");
    }
    notifications.value = isOn;
  };
  return (
    <fieldset class="stacked">
      <legend>{s("notices")}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={notifications.value}
          onChange={(event) => {
            const field = event.currentTarget;
            // The signal may stay as it was, and then nothing is drawn again.
            void turn(field.checked).then(() =>
              field.checked = notifications.value
            );
          }}
        />
        {s("noticesOn")}
      </label>
      <div role="alert">
        {problem !== undefined && <p class="note warn">{s(problem)}</p>}
      </div>
      <Switch
        of={noticeTexts}
        text={s("noticeTexts")}
        isDisabled={!notifications.value}
      />
      <Switch of={sound} text={s("sound")} isDisabled={false} />
      {muted.value.size > 0 && <Muted />}
    </fieldset>
  );
}

function Switch(
  { of, text, isDisabled }: {
    of: Signal<boolean>;
    text: string;
    isDisabled: boolean;
  },
) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={of.value}
        disabled={isDisabled}
        onChange={({ currentTarget }) => of.value = currentTarget.checked}
      />
      {text}
    </label>
  );
}

function Muted() {
  return (
    <>
      <p class="hint">{s("mutedList")}</p>
      <ul class="muted-list">
        {[...muted.value].map((key) => {
          const [account, peer] = key.split("/");
          const name = peer === undefined
            ? account!
            : s("mutedPair", { account: account!, peer });
          return (
            <li key={key}>
              <span>{name}</span>
              <button
                type="button"
                class="small"
                aria-label={s("unmuteNamed", { name })}
                onClick={() => setMuted(key, false)}
              >
                {t("unmute")}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
