/** Search for people, and the dialog that sends a friend request. @module */

import { p, type PeopleText } from "./people_texts.ts";
import type { AddAnswer, Sex } from "../../../../../lib/protocol/codes.ts";
import type { Person } from "../../../../../lib/protocol/pages.ts";
import { isQqNumber } from "../../../../../lib/protocol/qq_number.ts";
import { Name } from "../../app/name.tsx";
import { nameOf, noteFriend, personOf } from "../../store/people.ts";
import { toVisible } from "../../texts/visible.ts";
import { LabelledField } from "../../ui/form/field.tsx";
import { c } from "./texts.ts";
import { Empty, Field, onSubmit, textOf } from "../../ui/controls.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Action, Failure, Outcome, useTask } from "../../app/task.tsx";
import { useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { command } from "../../link/link.ts";
import { formatLink } from "../../app/router.ts";
import { hasScope } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";

/** Maximum number of people shown. */
const SHOWN = 100;

const ANSWER_TEXTS: Readonly<Record<AddAnswer, PeopleText>> = {
  added: "answerAdded",
  needs_verification: "answerAsked",
  refused: "answerRefused",
};

type Found = Person & { face?: number };

export function Find({ account }: { account: string }) {
  const [people, setPeople] = useState<readonly Found[] | undefined>();
  const [asking, setAsking] = useState<Person | undefined>();
  const [problems, setProblems] = useState<{ uin?: string; age?: string }>({});
  const task = useTask();
  const look = (
    command: string,
    search: () => Promise<readonly Found[]>,
  ) =>
    task.run(async () => {
      setPeople(undefined);
      setPeople(await search());
    }, command);
  return (
    <div class="scroll find">
      <form
        noValidate
        onSubmit={onSubmit((form) => {
          if (!isQqNumber(textOf(form, "uin"))) {
            return setProblems({ uin: c("numberWrong") });
          }
          setProblems({});
          void look("profile", () => byNumber(account, form));
        })}
      >
        <LabelledField
          name={p("findNumber")}
          problem={problems.uin}
          isRequired
          render={(attributes) => (
            <span class="joined">
              <input
                {...attributes}
                name="uin"
                inputMode="numeric"
                autocomplete="off"
              />
              <Action type="submit" disabled={task.busy}>{t("search")}</Action>
            </span>
          )}
        />
      </form>
      <form
        noValidate
        onSubmit={onSubmit((form) => {
          const age = textOf(form, "age");
          if (
            age !== "" && !/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(age)
          ) {
            return setProblems({ age: c("ageWrong") });
          }
          setProblems({});
          void look("search", () => byDescription(account, form));
        })}
      >
        <fieldset>
          <legend>{p("findPeople")}</legend>
          <div class="three">
            <LabelledField
              name={p("age")}
              problem={problems.age}
              render={(attributes) => (
                <input {...attributes} name="age" inputMode="numeric" />
              )}
            />
            <LabelledField
              name={p("sex")}
              render={(attributes) => (
                <select {...attributes} name="sex">
                  <option value="">{t("any")}</option>
                  <option value="male">{p("male")}</option>
                  <option value="female">{p("female")}</option>
                </select>
              )}
            />
            <LabelledField
              name={p("province")}
              render={(attributes) => (
                <input {...attributes} name="province" maxLength={256} />
              )}
            />
          </div>
          <Action type="submit" disabled={task.busy}>
            {t(task.busy ? "searching" : "search")}
          </Action>
        </fieldset>
      </form>
      <Outcome task={task} />
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
          onDone={(notice) => void task.run(() => Promise.resolve(notice))}
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
  if (people.length === 0) return <Empty title={p("foundNobody")} />;
  return (
    <>
      <p class="hint" role="status">{t("found", { n: people.length })}</p>
      <ul class="contacts">
        {people.slice(0, SHOWN).map((person) => {
          const { uin } = person;
          const known = personOf(account, uin);
          const name = toVisible(nameOf(person));
          return (
            <li key={uin} class="person">
              <Face face={known?.face ?? person.face} />
              <span class="texts">
                <Name person={person} uin={uin} />
                <span class="preview">{uin}</span>
              </span>
              {known?.isFriend
                ? (
                  <a
                    class="button small"
                    href={formatLink("chats", [account, uin])}
                  >
                    {t("openChats")}
                  </a>
                )
                : hasScope("manage") && uin !== account && (
                  <Action
                    class="small"
                    aria-label={p("addFriendNamed", { name })}
                    onClick={() => onAsk(person)}
                  >
                    {p("addFriend")}
                  </Action>
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
  const name = toVisible(nameOf(person));
  return (
    <Dialog title={p("addFriendNamed", { name })} onClose={onClose}>
      <form
        onSubmit={onSubmit((form) =>
          task.run(async () => {
            const reason = textOf(form, "reason");
            const { answer } = await command("addFriend", {
              uin: person.uin,
              ...(reason === "" ? {} : { reason }),
            }, { account });
            onDone(p(ANSWER_TEXTS[answer], { name }));
            onClose();
            if (answer === "added") noteFriend(account, person.uin, true);
          }, "addFriend")
        )}
      >
        <Field label={p("requestReason", { name })} hint={t("optional")}>
          <input name="reason" maxLength={256} autocomplete="off" />
        </Field>
        <Failure task={task} />
        <div class="actions">
          <Action type="submit" class="primary" disabled={task.busy}>
            {p("sendRequest")}
          </Action>
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
