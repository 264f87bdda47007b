/** Keeps the record of divergences: new ones are stored, open ones are looked at again until they are equal. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { countOpenDivergences, type DivergenceKey, endDivergences, openDivergence, openDivergences } from '@causeway/control/live/divergence-record';
import { storedName } from '@causeway/control/record/quarantine-record';
import { isComputedOtherwise } from '@causeway/control/target/back-computed';
import { type BackChecking, lookAtRows } from './back/look-at-rows.ts';
import type { Turns } from './back/turns.ts';
import { type Checking, checkKeys, type Divergence } from './check-keys.ts';
import { storedKeyNames } from './live-contract.ts';
import { keyName } from './row-state.ts';
import { storedKey } from './target/live-snapshot.ts';

/** Open divergences looked at in one go. */
const LOOKED_AT = 2_000;
/** Ends of divergences remembered, oldest forgotten first. */
const REMEMBERED = 100_000;

export class Divergences {
  open = 0;
  /** All that were ever found by this process. */
  found = 0;
  private readonly checking: Checking;
  private readonly contracts: ReadonlyMap<number, TableContract>;
  /** Positions at which rows were found equal that had differed: a pass that looked at one before that tells it too late. */
  private readonly ended = new Map<string, bigint>();

  constructor(checking: Checking, contracts: readonly TableContract[]) {
    this.checking = checking;
    this.contracts = new Map(contracts.map((contract) => [contract.table, contract]));
  }

  async store(divergences: readonly Divergence[]): Promise<Divergence[]> {
    const fresh: Divergence[] = [];
    const { pool, g } = this.checking;
    for (const divergence of divergences) {
      const { contract, key, kind, columns, position } = divergence;
      if (position !== null && position < (this.ended.get(nameOf(contract, key)) ?? 0n)) continue;
      if (position !== null && kind === 'different' && (await isComputedOtherwise(pool, g.migration, contract.table, storedKey(contract, key), columns.map(storedName), position))) continue;
      const stored = { table: contract.table, key: storedKey(contract, key) as DivergenceKey, kind, columns: columns.map(storedName) };
      if (await openDivergence(pool, g, stored)) fresh.push(divergence);
    }
    this.found += fresh.length;
    if (fresh.length > 0) await this.count();
    return fresh;
  }

  /** `position`: where in the log they were found equal; null while PostgreSQL is the primary. */
  async settle(settled: readonly { contract: TableContract; key: readonly ExactCell[] }[], position: bigint | null): Promise<void> {
    if (this.open === 0) return;
    for (const [contract, rows] of Map.groupBy(settled, (s) => s.contract)) {
      const ended = await endDivergences(this.checking.pool, this.checking.g, contract.table, rows.map((s) => storedKey(contract, s.key) as DivergenceKey));
      if (position !== null) for (const key of ended) this.remember(nameOf(contract, cellsOf(contract, key)), position);
    }
    await this.count();
  }

  private remember(name: string, position: bigint): void {
    this.ended.delete(name);
    this.ended.set(name, position);
    if (this.ended.size > REMEMBERED) this.ended.delete(this.ended.keys().next().value as string);
  }

  /** Checks the open ones again, wherever they came from, while SQLite is the primary. */
  async look(): Promise<void> {
    for (const [contract, keys] of await this.openKeys()) {
      const result = await checkKeys(this.checking, contract, keys);
      const unsettled = new Set([...result.aside, ...result.divergences.map((d) => d.key)].map(keyName));
      await this.store(result.divergences);
      await this.settle(keys.filter((key) => !unsettled.has(keyName(key))).map((key) => ({ contract, key })), result.position);
    }
  }

  /** The same, while PostgreSQL is the primary. */
  async lookBack(back: BackChecking, turns: Turns): Promise<void> {
    for (const [contract, keys] of await this.openKeys()) {
      const { rows } = await back.source.ask({ kind: 'states', contract, keys, elements: false });
      const looked = await turns.take(() => lookAtRows(back, contract, rows.map((row) => ({ cells: row.key, match: row.match })), true));
      await this.settle((looked ?? []).filter((row) => !row.aside && row.verdict === null).map((row) => ({ contract, key: row.asked.cells })), null);
    }
  }

  private async openKeys(): Promise<[TableContract, ExactCell[][]][]> {
    await this.count();
    if (this.open === 0) return [];
    const open = await openDivergences(this.checking.pool, this.checking.g, LOOKED_AT);
    return [...Map.groupBy(open, (d) => d.table)].flatMap(([table, rows]): [TableContract, ExactCell[][]][] => {
      const contract = this.contracts.get(table);
      return contract === undefined ? [] : [[contract, rows.map((row) => cellsOf(contract, row.key))]];
    });
  }

  private async count(): Promise<void> {
    this.open = await countOpenDivergences(this.checking.pool, this.checking.g);
  }
}

const nameOf = (contract: TableContract, key: readonly ExactCell[]): string => `${contract.table}/${keyName(key)}`;

function cellsOf(contract: TableContract, key: DivergenceKey): ExactCell[] {
  return storedKeyNames(contract).map((name) => {
    const cell = key[storedName(name)];
    return cell === undefined ? { name, class: 'null', bytes: new Uint8Array(0) } : { name, class: cell.class, bytes: Buffer.from(cell.base64, 'base64') };
  });
}
