/** A line of values without axes. @module */

const WIDTH = 120;
const HEIGHT = 28;

/** Drawn small; the value beside it says what the line ends with. Missing values are gaps. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, values.length - 1);
  let path = "";
  let isOpen = false;
  values.forEach((value, at) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    const x = (at * step).toFixed(1);
    const y = (HEIGHT - 1 - value / top * (HEIGHT - 2)).toFixed(1);
    path += `${isOpen ? "L" : "M"}${x} ${y}`;
    isOpen = true;
  });
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  );
}
