/**
 * Encryption of a backup's files: AES-256-GCM in pieces of 1 MiB, so that a file of any size streams through and nothing
 * is believed before it is authenticated. docs/backup.md describes the bytes.
 *
 *   "CWSEAL1\n" · 32 bytes salt · pieces: ciphertext (1 MiB, the last one shorter) · 16 bytes tag
 *
 * The file's key is HKDF-SHA256 of the owner's key and the salt; a piece's nonce is its number (11 bytes) and a byte that
 * is 1 for the last piece, so that pieces can be neither moved nor cut off. The file's name in its backup is
 * authenticated with every piece: files of another backup, or of another name, do not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { Failure } from '@causeway/contracts/failures';

const MAGIC = Buffer.from('CWSEAL1\n');
const SALT = 32;
const PIECE = 1024 * 1024;
const TAG = 16;

/** 32 bytes as they are, as 64 hexadecimal digits, or as base64. */
export function readKey(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new Failure('USAGE', `the key file ${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`, { cause });
  }
  if (bytes.length === 32) return bytes;
  const text = bytes.toString('latin1').trim();
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (key === undefined) throw new Failure('USAGE', `the key file ${file} does not hold 32 bytes, 64 hexadecimal digits or their base64: openssl rand -hex 32 makes one`);
  return key;
}

/** `name` is what the pieces are bound to: the backup's id and the file's path in it. */
export function sealing(key: Buffer, name: string): Transform {
  const salt = randomBytes(SALT);
  const fileKey = derive(key, salt);
  const pieces = new Pieces(PIECE);
  let number = 0;
  const seal = (piece: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonce(number++, last)).setAAD(Buffer.from(name));
    return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  };
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      for (const piece of pieces.add(chunk)) stream.push(seal(piece, false));
      done();
    },
    flush(done: TransformCallback) {
      stream.push(seal(pieces.rest(), true));
      done();
    },
  });
  stream.push(Buffer.concat([MAGIC, salt]));
  return stream;
}

/** Fails with BACKUP_DAMAGED on another key, another name, a changed byte or a missing end. */
export function opening(key: Buffer, name: string): Transform {
  const pieces = new Pieces(PIECE + TAG);
  let head: Buffer = Buffer.alloc(0);
  let fileKey: Buffer | undefined;
  let number = 0;
  const open = (sealed: Buffer, last: boolean): Buffer => {
    const at = nonce(number++, last);
    try {
      if (sealed.length < TAG) throw new Error('too short');
      const decipher = createDecipheriv('aes-256-gcm', fileKey as Buffer, at).setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(sealed.length - TAG));
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
    } catch (cause) {
      throw new Failure('BACKUP_DAMAGED', `${JSON.stringify(name)} does not open: the key is another one, or the file was changed or cut off`, { cause });
    }
  };
  const stream: Transform = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      attempt(done, () => {
        let body = chunk;
        if (fileKey === undefined) {
          head = Buffer.concat([head, chunk]);
          if (head.length < MAGIC.length + SALT) return;
          if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new Failure('BACKUP_DAMAGED', `${JSON.stringify(name)} is not an encrypted file of a backup`);
          fileKey = derive(key, head.subarray(MAGIC.length, MAGIC.length + SALT));
          body = head.subarray(MAGIC.length + SALT);
        }
        for (const piece of pieces.add(body)) stream.push(open(piece, false));
      });
    },
    flush(done: TransformCallback) {
      attempt(done, () => {
        if (fileKey === undefined) throw new Failure('BACKUP_DAMAGED', `${JSON.stringify(name)} is not an encrypted file of a backup`);
        stream.push(open(pieces.rest(), true));
      });
    },
  });
  return stream;
}

function attempt(done: TransformCallback, work: () => void): void {
  try {
    work();
    done();
  } catch (error) {
    done(error as Error);
  }
}

function derive(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'causeway backup', 32));
}

function nonce(number: number, last: boolean): Buffer {
  const out = Buffer.alloc(12);
  out.writeUIntBE(number, 5, 6);
  out[11] = last ? 1 : 0;
  return out;
}

/** Cuts a stream into pieces of one size; one piece is always kept back, as it may be the last. */
class Pieces {
  private readonly size: number;
  private held: Buffer[] = [];
  private bytes = 0;

  constructor(size: number) {
    this.size = size;
  }

  *add(chunk: Buffer): Generator<Buffer> {
    this.held.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes <= this.size) return;
    let all = Buffer.concat(this.held);
    while (all.length > this.size) {
      yield all.subarray(0, this.size);
      all = all.subarray(this.size);
    }
    this.held = [all];
    this.bytes = all.length;
  }

  rest(): Buffer {
    return Buffer.concat(this.held);
  }
}
