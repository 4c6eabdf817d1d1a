/** Warns that the sign-in ends, and offers to stay signed in. @module */

import { s } from "./texts.ts";
import { useState } from "../../deps.ts";
import { t } from "../../texts/strings.ts";
import { exactTime } from "../../texts/times.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { extend } from "./expiry.ts";
import { Failure, useTask } from "../task.tsx";

export function ExpiryDialog({ end }: { end: number }) {
  const [isOpen, setOpen] = useState(true);
  const task = useTask();
  if (!isOpen) return null;
  return (
    <Dialog
      title={s("expiresTitle")}
      onClose={() => setOpen(false)}
      actions={
        <>
          <button
            type="button"
            class="primary"
            disabled={task.busy}
            onClick={async () => {
              if (!await extend()) task.fail(s("extendFailed"));
            }}
          >
            {s("extend")}
          </button>
          <button type="button" onClick={() => setOpen(false)}>
            {t("close")}
          </button>
        </>
      }
    >
      <p>{s("expiresAsk", { time: exactTime(end) })}</p>
      <Failure task={task} />
    </Dialog>
  );
}
