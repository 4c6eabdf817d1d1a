/** Chooses several accounts: a list to choose from, and those that are chosen. @module */

import { o } from "../../app/operate/texts.ts";
import { accountOptions } from "../../store/account_options.ts";
import { Combobox } from "../../ui/combobox/combobox.tsx";
import type { ControlAttributes } from "../../ui/form/field.tsx";
import { Icon } from "../../ui/icon.tsx";

export function AccountPicker(
  { attributes, chosen, onChange }: {
    attributes: ControlAttributes;
    chosen: readonly string[];
    onChange: (chosen: readonly string[]) => void;
  },
) {
  const options = accountOptions.value;
  const nameOf = (uin: string) =>
    options.find(({ value }) => value === uin)?.hint ?? "";
  return (
    <>
      <Combobox
        name={o("addUin")}
        attributes={attributes}
        placeholder={o("addUin")}
        options={options.filter(({ value }) => !chosen.includes(value))}
        onChoose={(uin) => onChange([...chosen, uin])}
      />
      <ul class="picked" aria-label={o("chosenUins")}>
        {chosen.map((uin) => (
          <li key={uin}>
            <span>
              {uin} <bdi>{nameOf(uin)}</bdi>
            </span>
            <button
              type="button"
              class="quiet small"
              aria-label={o("removeUin", { uin })}
              onClick={() => onChange(chosen.filter((one) => one !== uin))}
            >
              <Icon name="close" size={16} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
