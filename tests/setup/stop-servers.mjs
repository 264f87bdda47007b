// Stops what start-servers.mjs has started and removes its folder. A run that is killed needs none of this for the
// processes: their keepers end them.
import { rmSync } from 'node:fs';

export default async function stopServers() {
  const running = globalThis.__causewayTestServers;
  if (running === undefined) return;
  await Promise.allSettled(running.stops.map((stop) => stop()));
  if (running.folder !== undefined) rmSync(running.folder, { recursive: true, force: true });
}
