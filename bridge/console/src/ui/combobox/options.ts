/** Options of a combobox, and which match what was typed. @module */

export interface ComboboxOption {
  /** Identifies the option in its list. */
  value: string;
  /** Name shown in the field once chosen, and searched. */
  text: string;
  /** Second text, shown after the name and searched too. */
  hint?: string;
  /** Other words that find the option, such as its name in another language. */
  words?: string;
  /** Heading under which the option is listed; options of one group must be neighbours. */
  group?: string;
  /** Why the option cannot be chosen. */
  disabledBecause?: string;
}

/** Options that match what was typed: each word must be in the text, the hint or the words. Matches at the start come first. */
export function matchOptions(
  options: readonly ComboboxOption[],
  typed: string,
): readonly ComboboxOption[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return options;
  const first = words[0]!;
  const found = options.filter(({ text, hint, words: more }) => {
    const all = `${text} ${hint ?? ""} ${more ?? ""}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const rank = ({ text, hint }: ComboboxOption) =>
    text.toLowerCase().startsWith(first)
      ? 0
      : hint?.toLowerCase().startsWith(first)
      ? 1
      : 2;
  // Groups stay together, so only options without a group change places.
  return found.some(({ group }) => group !== undefined)
    ? found
    : found.toSorted((one, other) => rank(one) - rank(other));
}
