/** How many rows each part of the sample company gets. The proportions are fixed; only the scale changes. */
const AT_FULL_SIZE = {
  companies: 3_000,
  addresses: 6_000,
  contacts: 4_500,
  employees: 400,
  users: 450,
  sessions: 1_500,
  timeSheets: 24_000,
  leaveRequests: 800,
  categories: 120,
  products: 4_000,
  priceListItems: 14_000,
  bins: 600,
  stockMoves: 36_000,
  stockLevels: 8_000,
  orders: 14_000,
  orderLines: 40_000,
  shipments: 9_000,
  shipmentLines: 12_000,
  invoices: 12_000,
  payments: 11_000,
  ledgerBatches: 3_000,
  ledgerEntries: 30_000,
  rateDays: 600,
  documents: 2_500,
  attachments: 300,
  notes: 2_000,
  auditEvents: 12_000,
  jobs: 1_500,
  meterReadings: 6_000,
  packets: 3_000,
} as const;

export type ErpSize = { readonly [K in keyof typeof AT_FULL_SIZE]: number };

/** Rows at full size, with the small tables that do not scale. */
export const FULL_SIZE_ROWS = 275_000;

/** Never fewer than four of anything: the shapes (self references, duplicates, cycles) need a few rows. */
export function erpSize(rows: number): ErpSize {
  const factor = rows / FULL_SIZE_ROWS;
  return Object.fromEntries(Object.entries(AT_FULL_SIZE).map(([name, n]) => [name, Math.max(4, Math.round(n * factor))])) as ErpSize;
}
