/**
 * Waits until what was written to the stream has been taken. `process.exit` does not: of a pipe it leaves everything beyond
 * the first 64 KiB unwritten, and a long `--json` line ended in the middle.
 */
export function drainOutput(stream: NodeJS.WriteStream): Promise<void> {
  // The callback also comes where the reader has gone (EPIPE): nothing more can be told to it then.
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
