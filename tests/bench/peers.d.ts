// The signatures that the benchmarks use of fast-querystring, whose types need a bare @types import.

export declare function parse(text: string): Record<string, string>;
export declare function stringify(
  fields: Record<string, string | number>,
): string;
