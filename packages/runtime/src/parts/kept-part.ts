/** A kept process as a part: tells when it was lost, and stops once however often it is asked. */
import { Failure } from '@causeway/contracts/failures';
import type { KeptProcess } from './keep-process.ts';
import type { LocalPart } from './local-part.ts';

export interface KeptPartOptions {
  readonly name: string;
  readonly process: KeptProcess;
  readonly logFile: string;
  /** Runs when the process is gone, however it went. */
  readonly onGone: () => void;
}

export function keptPart(options: KeptPartOptions): LocalPart {
  let stopping = false;
  const lost = new Promise<Failure>((resolve) => {
    options.process.exited.then((code) => {
      options.onGone();
      if (!stopping) resolve(new Failure('PART_FAILED', `${options.name} ended by itself (code ${code}); its log is ${options.logFile}`));
    });
  });
  return {
    logFile: options.logFile,
    attached: false,
    lost,
    stop: async () => {
      stopping = true;
      await options.process.stop();
    },
  };
}
