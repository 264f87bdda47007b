/** Entry point of the sample application's process: its settings come as one JSON argument; it ends at SIGTERM. */
import { ShopApp, type ShopSettings } from './shop-app.ts';

const abort = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => abort.abort());
process.on('disconnect', () => abort.abort());
await new ShopApp(JSON.parse(process.argv[2] ?? '{}') as ShopSettings).run(abort.signal);
process.exit(0);
