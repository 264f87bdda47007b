/** Prints the seconds of a raw scan of the order lines. */
import { ORDER_TABLE } from './make-orders.ts';
import { rawScan } from './raw-scan.ts';

process.stdout.write(JSON.stringify(rawScan(process.argv[2] as string, ORDER_TABLE, 'id')));
