#!/usr/bin/env node
// Imports one of these directories into a tenant with the Auth0 Deploy CLI. First checks that every keyword of the
// directory has a value, which the CLI does not: a forgotten SESSION_SECRET would be deployed as the text
// "@@SESSION_SECRET@@", and every sign-in would fail. An optional setting without a value is left out of the Action.
//
//   node import.mjs DIRECTORY [options of `a0deploy import`, for example --dry-run]
//   node import.mjs --check DIRECTORY
//
// Values come from the environment, then from AUTH0_KEYWORD_REPLACE_MAPPINGS in config.json in this folder.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Secrets that an Action does not need. */
const OPTIONAL = ['MAX_AGE'];

const HERE = dirname(fileURLToPath(import.meta.url));
const [first, ...others] = process.argv.slice(2);
const [name, options] = first === '--check' ? [others[0], null] : [first, others];
const directory = join(HERE, name ?? '');
if (!name || !existsSync(join(directory, 'actions'))) {
  fail('name one of: face, step-up, phone, phone-older');
}

const config = join(HERE, 'config.json');
const settings = existsSync(config) ? JSON.parse(readFileSync(config, 'utf8')) : {};
const values = { ...settings.AUTH0_KEYWORD_REPLACE_MAPPINGS, ...process.env };
const empty = keywords(directory).filter((keyword) => !String(values[keyword] ?? '').trim());
const missing = empty.filter((keyword) => !OPTIONAL.includes(keyword));
if (missing.length > 0) {
  fail(`without a value: ${missing.join(', ')}`);
}
if (options) {
  const from = existsSync(config) ? ['--config_file', config] : [];
  const copy = mkdtempSync(join(tmpdir(), 'countenance-'));
  try {
    copyWithout(empty, copy);
    const command = ['--yes', 'auth0-deploy-cli@8', 'import', ...from, '--input_file', copy, ...options];
    const ran = spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' });
    process.exitCode = ran.status ?? 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Copies the directory to `target`, without these secrets in its Actions. Writes no values: the CLI inserts them. */
function copyWithout(secrets, target) {
  cpSync(directory, target, { recursive: true });
  for (const file of readdirSync(join(target, 'actions'))) {
    const action = JSON.parse(readFileSync(join(target, 'actions', file), 'utf8'));
    action.secrets = action.secrets.filter((secret) => !secrets.includes(secret.name));
    writeFileSync(join(target, 'actions', file), JSON.stringify(action, null, 2));
  }
}

/** The keywords in the directory's JSON files, sorted. */
function keywords(path) {
  const found = new Set();
  for (const folder of readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(path, folder.name)).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(path, folder.name, file), 'utf8');
      [...text.matchAll(/(##|@@)([A-Z_]+)\1/g)].forEach(([, , keyword]) => found.add(keyword));
    }
  }
  return [...found].sort();
}

function fail(text) {
  console.error(`import: ${text}`);
  process.exit(1);
}
