import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropUnfinished, replaceFile } from '../../src/main/replace-file.js';
import { tempDir } from '../support/temp-dir.js';

describe('a file that is replaced', () => {
  it('is the old one until the new one is whole, with the permissions it had', async () => {
    const directory = tempDir();
    const path = join(directory, 'r.txt');
    writeFileSync(path, 'old', { mode: 0o640 });
    function* pieces() {
      yield 'ne';
      expect(readFileSync(path, 'utf8')).toBe('old');
      yield Buffer.from('w');
    }
    await replaceFile(path, pieces());
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, readdirSync(directory)]).toEqual([
      ...['new', 0o640, ['r.txt']],
    ]);
  });

  it('stays what it was where the pieces end with an error, and nothing lies beside it', async () => {
    const directory = tempDir();
    const path = join(directory, 'r.txt');
    writeFileSync(path, 'old');
    function* pieces() {
      yield 'new';
      throw new Error('no more');
    }
    await expect(replaceFile(path, pieces())).rejects.toThrow('no more');
    expect([readFileSync(path, 'utf8'), readdirSync(directory)]).toEqual(['old', ['r.txt']]);
  });

  it('stays what it was where the process ends meanwhile, and nothing lies beside it', async () => {
    const directory = tempDir();
    const path = join(directory, 'r.txt');
    let meanwhile: string[] = [];
    function* pieces() {
      yield 'new';
      dropUnfinished();
      meanwhile = readdirSync(directory);
      yield 'newer';
    }
    await expect(replaceFile(path, pieces())).rejects.toThrow('ENOENT');
    expect([meanwhile, readdirSync(directory)]).toEqual([[], []]);
  });
});
