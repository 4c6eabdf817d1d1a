/** List of friend requests, to accept or refuse. @module */

import { contactOf, nameOf } from "../../store/contacts.ts";
import { Failure, useTask } from "../../app/task.tsx";
import { Empty } from "../../ui/controls.tsx";
import { useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import {
  answerRequest,
  type FriendRequest,
  requests,
} from "../../store/requests.ts";
import { hasScope } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { shortTime } from "../../texts/times.ts";

/** Maximum number of requests shown. */
const SHOWN = 100;

export function RequestList({ account }: { account: string }) {
  const [notice, setNotice] = useState("");
  const own = requests.value.filter((one) => one.account === account);
  return (
    <div class="scroll">
      <p class="note good" role="status" hidden={notice === ""}>{notice}</p>
      {own.length === 0 && <Empty title={t("noRequests")} />}
      <ul class="requests">
        {own.slice(0, SHOWN).map((one) => (
          <Request key={one.from} request={one} onDone={setNotice} />
        ))}
      </ul>
    </div>
  );
}

function Request(
  { request, onDone }: {
    request: FriendRequest;
    onDone: (notice: string) => void;
  },
) {
  const { account, from, text, at } = request;
  const [reason, setReason] = useState("");
  const task = useTask();
  const contact = contactOf(account, from);
  const name = nameOf(contact);
  const answer = (which: "accept" | "refuse") =>
    task.run(async () => {
      await answerRequest(request, which, which === "refuse" ? reason : "");
      onDone(t(which === "accept" ? "accepted" : "refused", { name }));
    });
  return (
    <li class="card" aria-label={t("requestFrom", { name })}>
      <div class="who">
        <Face uin={from} face={contact.face} />
        <div>
          <p class="name">{name}</p>
          <p class="hint">
            {from} · <time dateTime={at}>{shortTime(at)}</time>
          </p>
        </div>
      </div>
      {text !== "" && <blockquote>{text}</blockquote>}
      {hasScope("manage") && (
        <>
          <input
            aria-label={t("refuseReason")}
            placeholder={t("refuseReason")}
            maxLength={256}
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <div class="actions">
            <button
              type="button"
              class="primary"
              disabled={task.busy}
              onClick={() => answer("accept")}
            >
              {t("accept")}
            </button>
            <button
              type="button"
              disabled={task.busy}
              onClick={() => answer("refuse")}
            >
              {t("refuse")}
            </button>
          </div>
        </>
      )}
      <Failure task={task} />
    </li>
  );
}
