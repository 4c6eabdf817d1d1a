/** The mark and the name of the program. @module */

export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="9" />
        <path d="M7 21c0-8 4-12 9-12s9 4 9 12c0 2-4 3.5-9 3.5S7 23 7 21z" />
        <circle cx="12.8" cy="17" r="1.7" />
        <circle cx="19.2" cy="17" r="1.7" />
      </svg>
      <span>tqq</span>
    </span>
  );
}
