/** A key as both databases take it as parameters, and as it travels in JSON. */
export type KeyValue = bigint | number | string | Buffer;
export type LoadKey = readonly KeyValue[];

type Plain = ['i' | 'r' | 't' | 'b', string];

export function keyText(key: LoadKey): string {
  return JSON.stringify(
    key.map((value): Plain => {
      if (typeof value === 'bigint') return ['i', String(value)];
      if (typeof value === 'number') return ['r', String(value)];
      return typeof value === 'string' ? ['t', value] : ['b', value.toString('base64')];
    }),
  );
}

export function keyFromText(text: string): LoadKey {
  return (JSON.parse(text) as Plain[]).map(([kind, value]) => {
    if (kind === 'i') return BigInt(value);
    if (kind === 'r') return Number(value);
    return kind === 't' ? value : Buffer.from(value, 'base64');
  });
}

/** False for what PostgreSQL cannot be asked for: no value, U+0000, bytes that are no text. */
export function isAskable(key: readonly unknown[]): key is LoadKey {
  return key.every((value) => value !== null && (typeof value !== 'string' || !/[\0\ufffd]/.test(value)));
}
