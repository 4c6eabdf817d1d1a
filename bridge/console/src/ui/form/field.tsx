/** Label, control, hint and problem of one field. @module */

import { type ComponentChildren } from "../../deps.ts";
import { useId } from "../../deps_ui.ts";
import "../ui_style.ts";

/** Attributes that connect a control with its label, hint and problem. */
export interface ControlAttributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
  "aria-required": boolean;
}

/** Field whose problem is shown beside it and announced, in place of the browser's own message. */
export function LabelledField(
  { name, note, hint, problem, isRequired = false, render }: {
    /** Text of the label. */
    name: ComponentChildren;
    /** Second text of the label, such as "optional". */
    note?: string | undefined;
    /** Explanation below the control. */
    hint?: ComponentChildren;
    /** What is wrong with the value. */
    problem?: string | undefined;
    isRequired?: boolean;
    /** Draws the control with the given attributes. */
    render(attributes: ControlAttributes): ComponentChildren;
  },
) {
  const id = useId();
  const described = [
    hint === undefined ? undefined : `${id}-hint`,
    problem === undefined ? undefined : `${id}-problem`,
  ].filter((one) => one !== undefined).join(" ");
  return (
    <div class="ui-field">
      <label for={id}>
        {name}
        {note !== undefined && <small>{note}</small>}
      </label>
      {render({
        id,
        "aria-invalid": problem !== undefined,
        "aria-describedby": described === "" ? undefined : described,
        "aria-required": isRequired,
      })}
      {hint !== undefined && <p id={`${id}-hint`} class="hint">{hint}</p>}
      <p id={`${id}-problem`} class="hint bad" role="alert">{problem}</p>
    </div>
  );
}
