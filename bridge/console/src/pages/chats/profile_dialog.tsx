/** Dialog with the profile of a contact. @module */

import { LABELS } from "../../../../../lib/protocol/codes.ts";
import type { Profile } from "../../../../../lib/protocol/profile.ts";
import { Name } from "../../app/name.tsx";
import {
  isFriendOf,
  nameOf,
  noteFriend,
  personOf,
} from "../../store/people.ts";
import { toVisible } from "../../texts/visible.ts";
import { Action, Failure, useTask } from "../../app/task.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { useEffect, useState } from "../../deps.ts";
import { Face } from "../../ui/face.tsx";
import { command } from "../../link/link.ts";
import { language } from "../../texts/preferences.ts";
import { hasScope } from "../../link/session.ts";
import { t, type TextName } from "../../texts/strings.ts";

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

export function ProfileDialog(
  { account, peer, onClose }: {
    account: string;
    peer: string;
    onClose: () => void;
  },
) {
  const [profile, setProfile] = useState<Profile | undefined>();
  const [sure, setSure] = useState(false);
  const task = useTask();
  const removal = useTask();
  const contact = personOf(account, peer);
  const name = toVisible(nameOf(contact, peer));
  useEffect(() => {
    void task.run(async () => {
      const options = { account };
      const params = { uin: peer, level: LEVEL };
      setProfile((await command("profile", params, options)).profile);
    }, "profile");
  }, []);
  const remove = () =>
    removal.run(async () => {
      await command("removeFriend", { uin: peer }, { account });
      noteFriend(account, peer, false);
      onClose();
    }, "removeFriend");
  return (
    <Dialog title={t("profileOf", { name })} onClose={onClose}>
      <div class="who">
        <Face uin={peer} face={profile?.face ?? contact?.face} size="large" />
        <div>
          <p>
            <Name person={contact} uin={peer} />
          </p>
          <p class="hint">{peer}</p>
        </div>
      </div>
      {profile === undefined
        ? task.busy && <p class="hint">{t("loading")}</p>
        : (
          <dl class="facts">
            {factsOf(profile).map(([label, value]) => (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      <Failure task={task} />
      {hasScope("manage") && isFriendOf(account, peer) && (
        <div class="actions">
          <Action class="danger" onClick={() => setSure(true)}>
            {t("removeFriend")}
          </Action>
        </div>
      )}
      {sure && (
        <ConfirmDialog
          title={t("removeFriend")}
          action={t("removeFriend")}
          isBusy={removal.busy}
          onConfirm={remove}
          onClose={() => setSure(false)}
        >
          <p>{t("removeFriendAsk", { name })}</p>
          <Failure task={removal} />
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

/** Known fields, in the order of the old client. */
function factsOf(profile: Profile): [TextName, string][] {
  const { age, sex, zodiac, animal, bloodType } = profile;
  const to = language.value;
  const facts: [TextName, string | undefined][] = [
    ["age", age ? String(age) : undefined],
    ["sex", sex ? LABELS.sex[sex][to] : undefined],
    ...TEXT_FIELDS.map((
      name,
    ): [TextName, string | undefined] => [name, profile[name]]),
    ["zodiac", zodiac ? LABELS.zodiac[zodiac][to] : undefined],
    ["animal", animal ? LABELS.animal[animal][to] : undefined],
    ["bloodType", bloodType ? LABELS.bloodType[bloodType][to] : undefined],
  ];
  return facts.filter((fact): fact is [TextName, string] =>
    fact[1] !== undefined && fact[1] !== ""
  );
}
