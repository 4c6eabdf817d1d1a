/** Search for people, and the dialog that sends a friend request. @module */

import type { AddAnswer, Sex } from "../../../../../lib/protocol/codes.ts";
import type { Person } from "../../../../../lib/protocol/pages.ts";
import { contactOf, loadFriends, nameOf } from "../../store/contacts.ts";
import { Empty, Field, onSubmit, textOf } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure, useTask } from "../../app/task.tsx";
import { useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { command } from "../../link/link.ts";
import { formatLink } from "../../app/router.ts";
import { hasScope } from "../../link/session.ts";
import { t, type TextName } from "../../texts/strings.ts";

/** Maximum number of people shown. */
const SHOWN = 100;

const ANSWER_TEXTS: Readonly<Record<AddAnswer, TextName>> = {
  added: "answerAdded",
  needs_verification: "answerAsked",
  refused: "answerRefused",
};

type Found = Person & { face?: number };

export function Find({ account }: { account: string }) {
  const [people, setPeople] = useState<readonly Found[] | undefined>();
  const [asking, setAsking] = useState<Person | undefined>();
  const [notice, setNotice] = useState("");
  const task = useTask();
  const look = (search: () => Promise<readonly Found[]>) =>
    task.run(async () => {
      setPeople(undefined);
      setPeople(await search());
    });
  return (
    <div class="scroll find">
      <form
        onSubmit={onSubmit((form) => look(() => byNumber(account, form)))}
      >
        <Field label={t("findNumber")}>
          <span class="joined">
            <input
              name="uin"
              inputMode="numeric"
              required
              pattern="[1-9][0-9]{4,19}"
              autocomplete="off"
            />
            <button type="submit" disabled={task.busy}>{t("search")}</button>
          </span>
        </Field>
      </form>
      <form
        onSubmit={onSubmit((form) => look(() => byDescription(account, form)))}
      >
        <fieldset>
          <legend>{t("findPeople")}</legend>
          <div class="three">
            <Field label={t("age")}>
              <input name="age" type="number" min="0" max="255" />
            </Field>
            <Field label={t("sex")}>
              <select name="sex">
                <option value="">{t("any")}</option>
                <option value="male">{t("male")}</option>
                <option value="female">{t("female")}</option>
              </select>
            </Field>
            <Field label={t("province")}>
              <input name="province" maxLength={256} />
            </Field>
          </div>
          <button type="submit" disabled={task.busy}>
            {t(task.busy ? "searching" : "search")}
          </button>
        </fieldset>
      </form>
      <Failure task={task} />
      <p class="note good" role="status" hidden={notice === ""}>{notice}</p>
      <People
        account={account}
        people={people}
        onAsk={(person) => setAsking(person)}
      />
      {asking !== undefined && (
        <AddFriend
          account={account}
          person={asking}
          onClose={() => setAsking(undefined)}
          onDone={setNotice}
        />
      )}
    </div>
  );
}

function People(
  { account, people, onAsk }: {
    account: string;
    people: readonly Found[] | undefined;
    onAsk: (person: Person) => void;
  },
) {
  if (people === undefined) return null;
  if (people.length === 0) return <Empty title={t("foundNobody")} />;
  return (
    <>
      <p class="hint" role="status">{t("found", { n: people.length })}</p>
      <ul class="contacts">
        {people.slice(0, SHOWN).map((person) => {
          const { uin } = person;
          const known = contactOf(account, uin);
          const name = nameOf(person);
          return (
            <li key={uin} class="person">
              <Face uin={uin} face={known.face ?? person.face} />
              <span class="texts">
                <span class="name">{name}</span>
                <span class="preview">{uin}</span>
              </span>
              {known.isFriend
                ? (
                  <a
                    class="button small"
                    href={formatLink("chats", [account, uin])}
                  >
                    {t("openChats")}
                  </a>
                )
                : hasScope("manage") && uin !== account && (
                  <button
                    type="button"
                    class="small"
                    aria-label={t("addFriendNamed", { name })}
                    onClick={() => onAsk(person)}
                  >
                    {t("addFriend")}
                  </button>
                )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function AddFriend(
  { account, person, onClose, onDone }: {
    account: string;
    person: Person;
    onClose: () => void;
    onDone: (notice: string) => void;
  },
) {
  const task = useTask();
  const name = nameOf(person);
  return (
    <Dialog title={t("addFriendNamed", { name })} onClose={onClose}>
      <form
        onSubmit={onSubmit((form) =>
          task.run(async () => {
            const reason = textOf(form, "reason");
            const { answer } = await command("addFriend", {
              uin: person.uin,
              ...(reason === "" ? {} : { reason }),
            }, { account });
            onDone(t(ANSWER_TEXTS[answer], { name }));
            onClose();
            if (answer === "added") await loadFriends(account);
          })
        )}
      >
        <Field label={t("requestReason", { name })} hint={t("optional")}>
          <input name="reason" maxLength={256} autocomplete="off" />
        </Field>
        <Failure task={task} />
        <div class="actions">
          <button type="submit" class="primary" disabled={task.busy}>
            {t("sendRequest")}
          </button>
          <button type="button" onClick={onClose}>{t("cancel")}</button>
        </div>
      </form>
    </Dialog>
  );
}

async function byNumber(
  account: string,
  form: HTMLFormElement,
): Promise<Found[]> {
  const { profile } = await command("profile", { uin: textOf(form, "uin") }, {
    account,
  });
  const { uin, nickname, face } = profile;
  return [{ uin, nickname, ...(face === undefined ? {} : { face }) }];
}

async function byDescription(
  account: string,
  form: HTMLFormElement,
): Promise<readonly Found[]> {
  const [age, sex, province] = ["age", "sex", "province"]
    .map((name) => textOf(form, name));
  const { people } = await command("search", {
    ...(age ? { age: Number(age) } : {}),
    ...(sex ? { sex: sex as Sex } : {}),
    ...(province ? { province } : {}),
  }, { account });
  return people;
}
