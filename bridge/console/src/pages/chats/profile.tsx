/** Profile of a contact, beside the conversation or over it. @module */

import { p, type PeopleText } from "./people_texts.ts";
import { LABELS } from "../../../../../lib/protocol/codes.ts";
import type { Profile } from "../../../../../lib/protocol/profile.ts";
import { Name } from "../../app/name.tsx";
import {
  isFriendOf,
  nameOf,
  noteFriend,
  personOf,
} from "../../store/people.ts";
import { accounts, isOnline } from "../../store/accounts.ts";
import { conversationKey } from "../../store/inbox_rules.ts";
import { toVisible } from "../../texts/visible.ts";
import { Action, Failure, offlineReason, useTask } from "../../app/task.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { useEffect, useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { Icon } from "../../ui/icon.tsx";
import { command } from "../../link/link.ts";
import { language } from "../../texts/preferences.ts";
import { hasScope } from "../../link/session.ts";
import { t } from "../../texts/strings.ts";
import { c } from "./texts.ts";

/** Profile level that returns every field. */
const LEVEL = 3;

const TEXT_FIELDS = [
  "province",
  "city",
  "country",
  "occupation",
  "school",
  "homepage",
  "introduction",
] as const;

interface ProfileProps {
  account: string;
  peer: string;
  onClose: () => void;
}

/** How long a conversation is open before its profile is asked for unasked, in milliseconds. */
const SETTLED_MS = 500;

/** Maximum number of profiles kept; the one that was read longest ago is dropped. */
const MAX_PROFILES = 100;

/** Profiles that were read, because the QQ server refuses questions that come too often. */
const profiles = new Map<string, Profile>();

/** The profile over the page. */
export function ProfileDialog(props: ProfileProps) {
  const name = nameOfPeer(props);
  return (
    <Dialog title={t("profileOf", { name })} onClose={props.onClose}>
      <ProfileBody {...props} isAsked />
    </Dialog>
  );
}

/** The profile beside the conversation. */
export function ProfilePanel(props: ProfileProps) {
  const name = nameOfPeer(props);
  return (
    <aside
      class="profile-panel"
      aria-label={t("profileOf", { name })}
      data-region
    >
      <header>
        <h2>{t("profile")}</h2>
        <button
          type="button"
          class="quiet ui-square"
          aria-label={c("profileHide")}
          onClick={props.onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <ProfileBody {...props} isAsked={false} />
    </aside>
  );
}

function nameOfPeer({ account, peer }: ProfileProps): string {
  return toVisible(nameOf(personOf(account, peer), peer));
}

/** @param isAsked Whether the user asked for it, so that it goes before what the page does by itself. */
function ProfileBody(
  { account, peer, onClose, isAsked }: ProfileProps & { isAsked: boolean },
) {
  const key = conversationKey(account, peer);
  const [profile, setProfile] = useState(profiles.get(key));
  const [sure, setSure] = useState(false);
  const task = useTask();
  const removal = useTask();
  const contact = personOf(account, peer);
  const name = nameOfPeer({ account, peer, onClose });
  const canAsk = isOnline(accounts.get(account));
  const read = () =>
    task.run(async () => {
      const { profile: found } = await command("profile", {
        uin: peer,
        level: LEVEL,
      }, { account, lane: isAsked ? "user" : "background" });
      profiles.delete(key);
      profiles.set(key, found);
      if (profiles.size > MAX_PROFILES) {
        profiles.delete(profiles.keys().next().value!);
      }
      setProfile(found);
    }, "profile");
  useEffect(() => {
    if (isAsked) return void read();
    if (profile !== undefined || !canAsk) return;
    const timer = setTimeout(read, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [canAsk]);
  const remove = () =>
    removal.run(async () => {
      await command("removeFriend", { uin: peer }, { account });
      noteFriend(account, peer, false);
      setSure(false);
      if (isAsked) onClose();
    }, "removeFriend");
  return (
    <>
      <div class="who">
        <Face face={profile?.face ?? contact?.face} size="large" />
        <div>
          <p>
            <Name person={contact} uin={peer} />
          </p>
          <p class="hint">{peer}</p>
        </div>
      </div>
      {profile === undefined
        ? !task.failure && (
          <p class="hint">
            {canAsk || isAsked ? t("loading") : c("profileUnread")}
          </p>
        )
        : factsOf(profile).length === 0
        ? <p class="hint">{c("profileEmpty")}</p>
        : (
          <dl class="facts">
            {factsOf(profile).map(([label, value]) => (
              <div key={label}>
                <dt>{p(label)}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      <Failure task={task} />
      {task.failure !== undefined && (
        <div class="actions">
          <Action
            class="small"
            disabled={task.busy}
            onClick={() => void read()}
          >
            {t("retry")}
          </Action>
        </div>
      )}
      {hasScope("manage") && isFriendOf(account, peer) && (
        <div class="actions">
          <Action onClick={() => setSure(true)}>
            {p("removeFriend")}
          </Action>
        </div>
      )}
      {sure && (
        <ConfirmDialog
          title={p("removeFriend")}
          action={p("removeFriend")}
          isBusy={removal.busy}
          disabledBecause={offlineReason()}
          onConfirm={remove}
          onClose={() => setSure(false)}
        >
          <p>{p("removeFriendAsk", { name })}</p>
          <Failure task={removal} />
        </ConfirmDialog>
      )}
    </>
  );
}

/** Known fields, in the order of the old client. */
function factsOf(profile: Profile): [PeopleText, string][] {
  const { age, sex, zodiac, animal, bloodType } = profile;
  const to = language.value;
  const facts: [PeopleText, string | undefined][] = [
    ["age", age ? String(age) : undefined],
    ["sex", sex ? LABELS.sex[sex][to] : undefined],
    ...TEXT_FIELDS.map((
      name,
    ): [PeopleText, string | undefined] => [name, profile[name]]),
    ["zodiac", zodiac ? LABELS.zodiac[zodiac][to] : undefined],
    ["animal", animal ? LABELS.animal[animal][to] : undefined],
    ["bloodType", bloodType ? LABELS.bloodType[bloodType][to] : undefined],
  ];
  return facts.filter((fact): fact is [PeopleText, string] =>
    fact[1] !== undefined && fact[1] !== ""
  );
}
